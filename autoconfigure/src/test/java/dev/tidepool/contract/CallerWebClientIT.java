package dev.tidepool.contract;

/**
 * {@link CallerContract} through WebClient.
 */
class CallerWebClientIT extends CallerContract {

	CallerWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
