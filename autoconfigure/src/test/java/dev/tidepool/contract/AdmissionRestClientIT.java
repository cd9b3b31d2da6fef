package dev.tidepool.contract;

/**
 * {@link AdmissionContract} through RestClient.
 */
class AdmissionRestClientIT extends AdmissionContract {

	AdmissionRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
