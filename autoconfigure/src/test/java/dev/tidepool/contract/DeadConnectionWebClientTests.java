package dev.tidepool.contract;

/**
 * {@link DeadConnectionContract} through WebClient.
 */
class DeadConnectionWebClientTests extends DeadConnectionContract {

	DeadConnectionWebClientTests() {
		super(ContractSide.WEB_CLIENT);
	}

}
