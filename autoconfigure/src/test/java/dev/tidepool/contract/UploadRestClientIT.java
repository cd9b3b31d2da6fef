package dev.tidepool.contract;

/**
 * {@link UploadContract} through RestClient.
 */
class UploadRestClientIT extends UploadContract {

	UploadRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
