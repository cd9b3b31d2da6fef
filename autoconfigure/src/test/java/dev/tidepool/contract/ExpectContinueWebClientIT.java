package dev.tidepool.contract;

/**
 * {@link ExpectContinueContract} through WebClient.
 */
class ExpectContinueWebClientIT extends ExpectContinueContract {

	ExpectContinueWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
