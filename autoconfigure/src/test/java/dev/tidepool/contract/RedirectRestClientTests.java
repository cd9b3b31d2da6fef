package dev.tidepool.contract;

/**
 * {@link RedirectContract} through RestClient.
 */
class RedirectRestClientTests extends RedirectContract {

	RedirectRestClientTests() {
		super(ContractSide.REST_CLIENT);
	}

}
