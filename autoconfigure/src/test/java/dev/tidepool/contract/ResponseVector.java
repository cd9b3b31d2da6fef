package dev.tidepool.contract;

import org.springframework.http.HttpMethod;

/**
 * A response byte by byte, and what is to become of it.
 *
 * @param name for the test report
 * @param method the method of the request that it answers
 * @param response its bytes, each a character
 * @param closed whether the upstream closes the connection after it
 * @param outcome what is to become of it
 * @param body the body that a caller gets, where there is one
 */
record ResponseVector(String name, HttpMethod method, String response, boolean closed, Outcome outcome, String body) {

	static ResponseVector of(String name, String response) {
		return new ResponseVector(printable(name), HttpMethod.GET, response, false, Outcome.FAILS, "");
	}

	private static String printable(String name) {
		StringBuilder printable = new StringBuilder();
		name.replace("\r\n", "|").chars().limit(100).forEach((c) -> {
			if (c >= ' ' && c < 127) {
				printable.append((char) c);
			}
			else {
				printable.append("\\x%02x".formatted(c));
			}
		});
		return printable.toString();
	}

	ResponseVector to(HttpMethod method) {
		return new ResponseVector(this.name + " to " + method, method, this.response, this.closed, this.outcome,
				this.body);
	}

	ResponseVector thenClosed() {
		return new ResponseVector(this.name + ", then closed", this.method, this.response, true, this.outcome,
				this.body);
	}

	/**
	 * It is right, and says nothing against the connection.
	 */
	ResponseVector isRight(String body) {
		return with(Outcome.RIGHT, body);
	}

	/**
	 * It can be read in one way only, but its connection ends with it.
	 */
	ResponseVector isTheLast(String body) {
		return with(Outcome.LAST, body);
	}

	/**
	 * It may be refused, or read in this one way; its connection ends with it either way.
	 */
	ResponseVector isTheLastOrFails(String body) {
		return with(Outcome.LAST_OR_FAILS, body);
	}

	/**
	 * It fails who reads it, and says nothing against the connection.
	 */
	ResponseVector failsItsReader() {
		return with(Outcome.FAILS_ITS_READER, "");
	}

	/**
	 * RFC 9112 leaves it to us to refuse it or to read it in this one way.
	 */
	ResponseVector isRightOrFails(String body) {
		return with(Outcome.RIGHT_OR_FAILS, body);
	}

	private ResponseVector with(Outcome outcome, String body) {
		return new ResponseVector(this.name, this.method, this.response, this.closed, outcome, body);
	}

	@Override
	public String toString() {
		return this.name;
	}

	enum Outcome {

		RIGHT(true, false, true), LAST(true, false, false), LAST_OR_FAILS(true, true, false),
		RIGHT_OR_FAILS(true, true, true), FAILS_ITS_READER(false, true, true), FAILS(false, true, false);

		private final boolean delivered;

		private final boolean failing;

		private final boolean reused;

		Outcome(boolean delivered, boolean failing, boolean reused) {
			this.delivered = delivered;
			this.failing = failing;
			this.reused = reused;
		}

		boolean mayBeDelivered() {
			return this.delivered;
		}

		boolean mayFail() {
			return this.failing;
		}

		/**
		 * Whether the next call may be on the same connection.
		 */
		boolean mayBeReused() {
			return this.reused;
		}

		/**
		 * Whether the next call must be on the same connection.
		 */
		boolean mustBeReused() {
			return this == RIGHT;
		}

	}

}
