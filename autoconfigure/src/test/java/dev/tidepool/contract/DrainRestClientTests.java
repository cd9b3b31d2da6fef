package dev.tidepool.contract;

/**
 * {@link DrainContract} through RestClient.
 */
class DrainRestClientTests extends DrainContract {

	DrainRestClientTests() {
		super(ContractSide.REST_CLIENT);
	}

}
