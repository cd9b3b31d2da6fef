package dev.tidepool.contract;

/**
 * {@link RetryContract} through WebClient.
 */
class RetryWebClientTests extends RetryContract {

	RetryWebClientTests() {
		super(ContractSide.WEB_CLIENT);
	}

}
