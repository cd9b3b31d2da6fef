package dev.tidepool.contract;

/**
 * {@link ConnectContract} through WebClient.
 */
class ConnectWebClientIT extends ConnectContract {

	ConnectWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
