package dev.tidepool.contract;

/**
 * {@link ProxyContract} through WebClient.
 */
class ProxyWebClientIT extends ProxyContract {

	ProxyWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
