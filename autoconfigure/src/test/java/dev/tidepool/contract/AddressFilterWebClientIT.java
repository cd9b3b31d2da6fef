package dev.tidepool.contract;

/**
 * {@link AddressFilterContract} through WebClient.
 */
class AddressFilterWebClientIT extends AddressFilterContract {

	AddressFilterWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
