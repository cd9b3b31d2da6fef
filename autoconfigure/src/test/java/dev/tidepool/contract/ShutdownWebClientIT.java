package dev.tidepool.contract;

/**
 * {@link ShutdownContract} through WebClient.
 */
class ShutdownWebClientIT extends ShutdownContract {

	ShutdownWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
