package dev.tidepool.contract;

/**
 * {@link SharingContract} through WebClient.
 */
class SharingWebClientIT extends SharingContract {

	SharingWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
