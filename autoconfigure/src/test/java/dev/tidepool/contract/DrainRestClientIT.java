package dev.tidepool.contract;

/**
 * {@link DrainContract} through RestClient.
 */
class DrainRestClientIT extends DrainContract {

	DrainRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
