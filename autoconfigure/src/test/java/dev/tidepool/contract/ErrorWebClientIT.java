package dev.tidepool.contract;

/**
 * {@link ErrorContract} through WebClient.
 */
class ErrorWebClientIT extends ErrorContract {

	ErrorWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
