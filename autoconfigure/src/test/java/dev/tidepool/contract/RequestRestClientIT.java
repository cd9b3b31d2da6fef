package dev.tidepool.contract;

/**
 * {@link RequestContract} through RestClient.
 */
class RequestRestClientIT extends RequestContract {

	RequestRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
