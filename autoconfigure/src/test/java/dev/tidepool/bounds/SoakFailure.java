package dev.tidepool.bounds;

import java.io.IOException;

/**
 * What callers' own code fails with, in a soak.
 */
final class SoakFailure {

	private SoakFailure() {
	}

	/**
	 * Fail in one way or another.
	 * @param call the number of the call
	 */
	static void fail(int call) throws IOException {
		if (call % 2 == 0) {
			throw new OfInput(call);
		}
		throw new OfCode(call);
	}

	/**
	 * Whether something is the failure of a call's own code.
	 * @param ex the exception
	 * @param call the number of the call
	 * @return whether it is
	 */
	static boolean isOf(Throwable ex, int call) {
		return (ex instanceof OfInput || ex instanceof OfCode) && ex.getMessage().equals(message(call));
	}

	private static String message(int call) {
		return "On purpose, in call " + call;
	}

	private static final class OfInput extends IOException {

		private static final long serialVersionUID = 1L;

		OfInput(int call) {
			super(message(call));
		}

	}

	private static final class OfCode extends RuntimeException {

		private static final long serialVersionUID = 1L;

		OfCode(int call) {
			super(message(call));
		}

	}

}
