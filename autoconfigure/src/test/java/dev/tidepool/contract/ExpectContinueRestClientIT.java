package dev.tidepool.contract;

/**
 * {@link ExpectContinueContract} through RestClient.
 */
class ExpectContinueRestClientIT extends ExpectContinueContract {

	ExpectContinueRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
