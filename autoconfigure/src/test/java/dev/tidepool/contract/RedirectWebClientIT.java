package dev.tidepool.contract;

/**
 * {@link RedirectContract} through WebClient.
 */
class RedirectWebClientIT extends RedirectContract {

	RedirectWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
