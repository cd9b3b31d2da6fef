package dev.tidepool.contract;

/**
 * {@link ResponseLimitsContract} through WebClient.
 */
class ResponseLimitsWebClientIT extends ResponseLimitsContract {

	ResponseLimitsWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
