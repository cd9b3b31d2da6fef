package dev.tidepool.contract;

/**
 * {@link RetryContract} through WebClient.
 */
class RetryWebClientIT extends RetryContract {

	RetryWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
