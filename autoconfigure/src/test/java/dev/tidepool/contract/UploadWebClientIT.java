package dev.tidepool.contract;

/**
 * {@link UploadContract} through WebClient.
 */
class UploadWebClientIT extends UploadContract {

	UploadWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
