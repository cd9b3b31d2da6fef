package dev.tidepool.contract;

/**
 * {@link RetryContract} through RestClient.
 */
class RetryRestClientTests extends RetryContract {

	RetryRestClientTests() {
		super(ContractSide.REST_CLIENT);
	}

}
