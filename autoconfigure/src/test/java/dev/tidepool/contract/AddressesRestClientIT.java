package dev.tidepool.contract;

/**
 * {@link AddressesContract} through RestClient.
 */
class AddressesRestClientIT extends AddressesContract {

	AddressesRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
