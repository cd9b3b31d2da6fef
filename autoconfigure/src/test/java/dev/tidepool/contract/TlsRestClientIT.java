package dev.tidepool.contract;

/**
 * {@link TlsContract} through RestClient.
 */
class TlsRestClientIT extends TlsContract {

	TlsRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
