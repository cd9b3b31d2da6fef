package dev.tidepool.soak;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * All that is drawn for one call. Caller and upstream draw the same from seed and number,
 * so that only the number travels.
 *
 * @param number of the call
 * @param reactive whether WebClient makes it, or RestClient
 * @param upstream that is called
 * @param method what is sent
 * @param requestSize bytes that are sent
 * @param streamed whether they are sent piece by piece, without a length
 * @param answer what the upstream does with it
 * @param responseSize bytes that it answers with
 * @param always whether it does so each time, not only the first
 * @param reading how the caller takes the response
 * @param leavesAfter when the caller is interrupted or cancels, {@code null} for never
 */
record MixedPlan(int number, boolean reactive, MixedUpstream upstream, MixedMethod method, int requestSize,
		boolean streamed, MixedAnswer answer, int responseSize, boolean always, MixedReading reading,
		Duration leavesAfter) {

	private static final int LARGE = 1024 * 1024;

	private static final long SPREAD = 0x9E3779B97F4A7C15L;

	static MixedPlan of(long seed, int number) {
		SplittableRandom random = new SplittableRandom(seed * SPREAD + number);
		return new MixedPlan(number, random.nextBoolean(), Share.draw(random, MixedUpstream.values()),
				Share.draw(random, MixedMethod.values()), size(random), random.nextInt(3) == 0,
				Share.draw(random, MixedAnswer.values()), size(random), random.nextBoolean(),
				Share.draw(random, MixedReading.values()), leavesAfter(random));
	}

	// One of thirty large, the others mostly small
	private static int size(SplittableRandom random) {
		return (random.nextInt(30) == 0) ? LARGE : 16 + random.nextInt(16 << random.nextInt(12));
	}

	// Some while they wait for what takes long, most in the course of what does not
	private static Duration leavesAfter(SplittableRandom random) {
		return switch (random.nextInt(40)) {
			case 0 -> Duration.ofMillis(random.nextInt(1_000));
			case 1, 2 -> Duration.ofNanos(random.nextInt(10_000_000));
			default -> null;
		};
	}

	boolean leaves() {
		return this.leavesAfter != null;
	}

	/**
	 * Whether a call may end in a way.
	 * @param outcome the way
	 * @return whether it may
	 */
	boolean mayEnd(MixedOutcome outcome) {
		return switch (outcome) {
			case SUCCEEDED -> maySucceed();
			case UNAVAILABLE -> this.answer.isUnavailable();
			case NOT_FOLLOWED -> this.answer.redirects() && this.streamed && this.method.hasBody();
			// At any time: the machine may be busy
			case TIMED_OUT, CONNECT_TIMED_OUT -> true;
			case REFUSED -> this.upstream.goesAway();
			case HANDSHAKE_LOST -> this.upstream.isTls() && !this.upstream.isSteady();
			case LOST -> this.answer.losesConnection() || !this.upstream.isSteady() || mayLoseReusedConnection();
			case BROKEN -> this.answer.breaksBody() || this.upstream.goesAway();
			case MALFORMED -> this.answer == MixedAnswer.MALFORMED;
			case INTERRUPTED -> leaves() && !this.reactive;
			case CANCELLED -> leaves() && this.reactive;
			case EXHAUSTED, UNEXPECTED -> false;
		};
	}

	// That of a call before it: nobody notices who may send again, but for a second one
	// in the last attempt
	private boolean mayLoseReusedConnection() {
		return this.method == MixedMethod.POST || (this.streamed && this.method.hasBody())
				|| (this.answer == MixedAnswer.BUSY && this.always);
	}

	private boolean maySucceed() {
		boolean ofBody = this.answer.breaksBody() && this.reading != MixedReading.IN_PART;
		boolean ofLoss = this.always && this.answer.losesConnection() && !this.answer.breaksBody();
		boolean ofStatus = this.always && this.answer.isUnavailable();
		// One that ends hurries
		boolean ofTime = this.always && this.answer.isSlow() && this.reading != MixedReading.IN_PART
				&& !this.upstream.goesAway();
		return !ofBody && !ofLoss && !ofStatus && !ofTime && this.answer != MixedAnswer.MALFORMED;
	}

}
