package dev.tidepool.contract;

/**
 * {@link EarlyResponseContract} through RestClient.
 */
class EarlyResponseRestClientIT extends EarlyResponseContract {

	EarlyResponseRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
