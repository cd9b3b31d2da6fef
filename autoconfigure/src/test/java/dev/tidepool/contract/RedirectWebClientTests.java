package dev.tidepool.contract;

/**
 * {@link RedirectContract} through WebClient.
 */
class RedirectWebClientTests extends RedirectContract {

	RedirectWebClientTests() {
		super(ContractSide.WEB_CLIENT);
	}

}
