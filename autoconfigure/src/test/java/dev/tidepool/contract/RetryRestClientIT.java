package dev.tidepool.contract;

/**
 * {@link RetryContract} through RestClient.
 */
class RetryRestClientIT extends RetryContract {

	RetryRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
