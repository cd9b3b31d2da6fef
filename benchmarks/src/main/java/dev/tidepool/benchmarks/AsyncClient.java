package dev.tidepool.benchmarks;

/**
 * A client that nobody waits for, and that brings its own threads.
 */
interface AsyncClient extends Client {

	/**
	 * Make one call, and read the body.
	 * @param answer told once how it ended, on whatever thread
	 */
	void call(Answer answer);

	@Override
	default Traffic traffic(int bodyLength, int callers, boolean virtual) {
		return new Chains(this, bodyLength, callers);
	}

	/**
	 * How one call ended.
	 */
	interface Answer {

		/**
		 * The body was read whole.
		 * @param length how many bytes it had
		 */
		void answered(int length);

		/**
		 * There was no response, or its status was not 200.
		 * @param failure why
		 */
		void failed(Throwable failure);

	}

}
