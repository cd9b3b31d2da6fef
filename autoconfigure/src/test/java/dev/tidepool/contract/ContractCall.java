package dev.tidepool.contract;

/**
 * A call under way.
 */
interface ContractCall {

	/**
	 * Whether it has ended, one way or the other.
	 */
	boolean isDone();

	/**
	 * Wait for its end.
	 * @return the response
	 * @throws ContractFailure if it failed
	 */
	ContractResponse get();

	/**
	 * Want it no more, as a caller that goes away: RestClient's is interrupted,
	 * WebClient's cancels.
	 */
	void cancel();

}
