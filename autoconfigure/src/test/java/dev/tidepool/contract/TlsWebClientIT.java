package dev.tidepool.contract;

/**
 * {@link TlsContract} through WebClient.
 */
class TlsWebClientIT extends TlsContract {

	TlsWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
