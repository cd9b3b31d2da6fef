package dev.tidepool.contract;

/**
 * {@link TimeContract} through WebClient.
 */
class TimeWebClientIT extends TimeContract {

	TimeWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
