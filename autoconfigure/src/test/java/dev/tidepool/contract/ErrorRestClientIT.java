package dev.tidepool.contract;

/**
 * {@link ErrorContract} through RestClient.
 */
class ErrorRestClientIT extends ErrorContract {

	ErrorRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
