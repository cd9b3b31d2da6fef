package dev.tidepool.contract;

/**
 * {@link ReuseContract} through WebClient.
 */
class ReuseWebClientTests extends ReuseContract {

	ReuseWebClientTests() {
		super(ContractSide.WEB_CLIENT);
	}

}
