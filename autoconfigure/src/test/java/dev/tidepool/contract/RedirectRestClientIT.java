package dev.tidepool.contract;

/**
 * {@link RedirectContract} through RestClient.
 */
class RedirectRestClientIT extends RedirectContract {

	RedirectRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
