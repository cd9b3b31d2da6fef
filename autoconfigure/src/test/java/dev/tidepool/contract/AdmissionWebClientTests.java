package dev.tidepool.contract;

/**
 * {@link AdmissionContract} through WebClient.
 */
class AdmissionWebClientTests extends AdmissionContract {

	AdmissionWebClientTests() {
		super(ContractSide.WEB_CLIENT);
	}

}
