package dev.tidepool.contract;

/**
 * {@link SharingContract} through RestClient.
 */
class SharingRestClientIT extends SharingContract {

	SharingRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
