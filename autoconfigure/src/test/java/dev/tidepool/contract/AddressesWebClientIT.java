package dev.tidepool.contract;

/**
 * {@link AddressesContract} through WebClient.
 */
class AddressesWebClientIT extends AddressesContract {

	AddressesWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

}
