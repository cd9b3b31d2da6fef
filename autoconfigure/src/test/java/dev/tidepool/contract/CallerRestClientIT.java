package dev.tidepool.contract;

/**
 * {@link CallerContract} through RestClient.
 */
class CallerRestClientIT extends CallerContract {

	CallerRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
