package dev.tidepool.contract;

/**
 * {@link AddressFilterContract} through RestClient.
 */
class AddressFilterRestClientIT extends AddressFilterContract {

	AddressFilterRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

}
