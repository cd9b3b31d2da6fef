package dev.tidepool.contract;

/**
 * {@link ReuseContract} through RestClient.
 */
class ReuseRestClientIT extends ReuseContract {

	ReuseRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
