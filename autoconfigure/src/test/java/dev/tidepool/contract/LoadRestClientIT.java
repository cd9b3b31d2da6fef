package dev.tidepool.contract;

/**
 * {@link LoadContract} through RestClient.
 */
class LoadRestClientIT extends LoadContract {

	LoadRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
