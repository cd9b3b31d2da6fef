package dev.tidepool.contract;

/**
 * {@link ResponseContract} through WebClient.
 */
class ResponseWebClientIT extends ResponseContract {

	ResponseWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
