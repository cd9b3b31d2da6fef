package dev.tidepool.contract;

/**
 * {@link DeadConnectionContract} through RestClient.
 */
class DeadConnectionRestClientTests extends DeadConnectionContract {

	DeadConnectionRestClientTests() {
		super(ContractSide.REST_CLIENT);
	}

}
