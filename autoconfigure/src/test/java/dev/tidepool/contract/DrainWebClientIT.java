package dev.tidepool.contract;

/**
 * {@link DrainContract} through WebClient.
 */
class DrainWebClientIT extends DrainContract {

	DrainWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
