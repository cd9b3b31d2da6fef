package dev.tidepool.contract;

/**
 * {@link ReuseContract} through RestClient.
 */
class ReuseRestClientTests extends ReuseContract {

	ReuseRestClientTests() {
		super(ContractSide.REST_CLIENT);
	}

}
