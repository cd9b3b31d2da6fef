package dev.tidepool.contract;

import java.net.URI;

/**
 * One of the two clients. An error status is no failure.
 */
interface ContractClient {

	/**
	 * Make a call and read the response to its end.
	 * @param request what to send
	 * @return the response
	 * @throws ContractFailure if the call failed
	 */
	ContractResponse exchange(ContractRequest request);

	/**
	 * Make a call for its status, with no interest in the body.
	 * @param request what to send
	 * @return the status
	 * @throws ContractFailure if the call failed
	 */
	int status(ContractRequest request);

	/**
	 * Begin a call.
	 * @param request what to send
	 * @return the call
	 */
	ContractCall start(ContractRequest request);

	/**
	 * Make a call and read no more than the head of its response.
	 * @param request what to send
	 * @return the response, which has to be read or closed
	 * @throws ContractFailure if the call failed
	 */
	ContractExchange open(ContractRequest request);

	/**
	 * Close what the client was made of, as a container does with its beans.
	 */
	void close();

	default String get(URI uri) {
		return exchange(ContractRequest.get(uri)).body();
	}

	default String post(URI uri) {
		return exchange(ContractRequest.post(uri)).body();
	}

}
