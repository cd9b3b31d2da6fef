package dev.tidepool.contract;

/**
 * {@link ConnectContract} through RestClient.
 */
class ConnectRestClientIT extends ConnectContract {

	ConnectRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
