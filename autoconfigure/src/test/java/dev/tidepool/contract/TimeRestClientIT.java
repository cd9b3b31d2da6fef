package dev.tidepool.contract;

/**
 * {@link TimeContract} through RestClient.
 */
class TimeRestClientIT extends TimeContract {

	TimeRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
