package dev.tidepool.contract;

/**
 * {@link LoadContract} through WebClient.
 */
class LoadWebClientIT extends LoadContract {

	LoadWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
