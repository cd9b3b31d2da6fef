package dev.tidepool.contract;

/**
 * {@link ShutdownContract} through RestClient.
 */
class ShutdownRestClientIT extends ShutdownContract {

	ShutdownRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
