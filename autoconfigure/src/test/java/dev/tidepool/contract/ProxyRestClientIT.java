package dev.tidepool.contract;

/**
 * {@link ProxyContract} through RestClient.
 */
class ProxyRestClientIT extends ProxyContract {

	ProxyRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
