package dev.tidepool.contract;

/**
 * {@link AdmissionContract} through RestClient.
 */
class AdmissionRestClientTests extends AdmissionContract {

	AdmissionRestClientTests() {
		super(ContractSide.REST_CLIENT);
	}

}
