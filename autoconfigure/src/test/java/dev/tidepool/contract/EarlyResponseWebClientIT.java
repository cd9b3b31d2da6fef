package dev.tidepool.contract;

/**
 * {@link EarlyResponseContract} through WebClient.
 */
class EarlyResponseWebClientIT extends EarlyResponseContract {

	EarlyResponseWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
