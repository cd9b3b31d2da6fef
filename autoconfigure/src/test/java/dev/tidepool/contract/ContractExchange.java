package dev.tidepool.contract;

/**
 * A response of which only the head was read yet.
 */
interface ContractExchange {

	/**
	 * Its status.
	 */
	int status();

	/**
	 * Read a first part of the body.
	 * @return how much of it was read, at least one byte
	 * @throws ContractFailure if reading failed
	 */
	int readSome();

	/**
	 * Read the rest of the body.
	 * @return the size of the whole body
	 * @throws ContractFailure if reading failed
	 */
	int readAll();

	/**
	 * Want no more of it.
	 */
	void close();

}
