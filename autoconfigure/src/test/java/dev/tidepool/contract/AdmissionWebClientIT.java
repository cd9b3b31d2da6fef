package dev.tidepool.contract;

/**
 * {@link AdmissionContract} through WebClient.
 */
class AdmissionWebClientIT extends AdmissionContract {

	AdmissionWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
