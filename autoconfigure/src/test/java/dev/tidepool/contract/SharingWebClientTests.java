package dev.tidepool.contract;

/**
 * {@link SharingContract} through WebClient.
 */
class SharingWebClientTests extends SharingContract {

	SharingWebClientTests() {
		super(ContractSide.WEB_CLIENT);
	}

}
