package dev.tidepool.contract;

/**
 * {@link ReuseContract} through WebClient.
 */
class ReuseWebClientIT extends ReuseContract {

	ReuseWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
