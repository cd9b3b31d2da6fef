package dev.tidepool.contract;

/**
 * {@link SharingContract} through RestClient.
 */
class SharingRestClientTests extends SharingContract {

	SharingRestClientTests() {
		super(ContractSide.REST_CLIENT);
	}

}
