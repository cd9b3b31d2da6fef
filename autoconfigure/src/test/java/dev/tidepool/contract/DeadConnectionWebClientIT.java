package dev.tidepool.contract;

/**
 * {@link DeadConnectionContract} through WebClient.
 */
class DeadConnectionWebClientIT extends DeadConnectionContract {

	DeadConnectionWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
