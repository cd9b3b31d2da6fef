package dev.tidepool.contract;

/**
 * {@link DrainContract} through WebClient.
 */
class DrainWebClientTests extends DrainContract {

	DrainWebClientTests() {
		super(ContractSide.WEB_CLIENT);
	}

}
