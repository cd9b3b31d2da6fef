package dev.tidepool.contract;

/**
 * {@link RequestContract} through WebClient.
 */
class RequestWebClientIT extends RequestContract {

	RequestWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
