package dev.tidepool.contract;

/**
 * {@link DeadConnectionContract} through RestClient.
 */
class DeadConnectionRestClientIT extends DeadConnectionContract {

	DeadConnectionRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
