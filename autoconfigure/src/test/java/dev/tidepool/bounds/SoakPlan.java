package dev.tidepool.bounds;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/**
 * All that is drawn for one call of a soak. Client and upstream draw the same from seed
 * and number, so that only the number travels.
 *
 * @param number of the call
 * @param upstream that is called
 * @param client that is used
 * @param method what is sent
 * @param requestSize bytes that are sent
 * @param answer what the upstream does with it
 * @param responseSize bytes that it answers with
 * @param always whether it does so each time, not only the first
 * @param stall how long it takes over it, where it does
 * @param ending what the caller does with the response
 * @param disturbance what happens to the caller
 * @param disturbedAfter when it happens
 */
record SoakPlan(int number, SoakUpstream upstream, int client, SoakMethod method, int requestSize, SoakAnswer answer,
		int responseSize, boolean always, Duration stall, SoakEnding ending, SoakDisturbance disturbance,
		Duration disturbedAfter) {

	private static final List<SoakMethod> METHODS = List.of(SoakMethod.values());

	private static final List<SoakAnswer> ANSWERS = List.of(SoakAnswer.values());

	private static final List<SoakEnding> ENDINGS = List.of(SoakEnding.values());

	private static final List<SoakDisturbance> DISTURBANCES = List.of(SoakDisturbance.values());

	private static final long SPREAD = 0x9E3779B97F4A7C15L;

	static SoakPlan of(long seed, List<SoakUpstream> upstreams, int number) {
		SplittableRandom random = new SplittableRandom(seed * SPREAD + number);
		SoakUpstream upstream = draw(random, upstreams, SoakUpstream::share);
		SoakMethod method = draw(random, METHODS, SoakMethod::share);
		SoakAnswer answer = draw(random, ANSWERS, SoakAnswer::share);
		return new SoakPlan(number, upstream, random.nextInt(SoakClients.CHOICES), method, size(random), answer,
				answer.isLarge() ? 1024 * 1024 : size(random), random.nextBoolean(),
				Duration.ofMillis(random.nextInt(2 * upstream.timeout())), draw(random, ENDINGS, SoakEnding::share),
				draw(random, DISTURBANCES, SoakDisturbance::share), Duration.ofNanos(random.nextInt(20_000_000)));
	}

	private static <T> T draw(SplittableRandom random, List<T> choices, ToIntFunction<T> share) {
		int left = random.nextInt(choices.stream().mapToInt(share).sum());
		for (T choice : choices) {
			left -= share.applyAsInt(choice);
			if (left < 0) {
				return choice;
			}
		}
		throw new AssertionError();
	}

	// Mostly small
	private static int size(SplittableRandom random) {
		return 16 + random.nextInt(16 << random.nextInt(13));
	}

	/**
	 * Whether a call may end in a way.
	 * @param outcome the way
	 * @param elapsed after which time
	 * @return whether it may
	 */
	boolean mayEnd(SoakOutcome outcome, Duration elapsed) {
		return switch (outcome) {
			// At any time: the machine may be busy
			case EXHAUSTED, TIMED_OUT, CONNECT_TIMED_OUT -> true;
			case SUCCEEDED -> maySucceed();
			case NOT_STARTED -> this.disturbance == SoakDisturbance.CANCELLED;
			case INTERRUPTED -> this.disturbance != SoakDisturbance.NONE;
			case LOST -> this.answer.losesConnection() || mayLoseReusedConnection(elapsed);
			case BROKEN -> this.answer.breaksBody();
			case UNAVAILABLE -> this.answer.isUnavailable();
			case NOT_FOLLOWED -> this.answer.redirects() && this.method.isStreamed();
			case OWN_FAILURE -> this.method == SoakMethod.FAILING_UPLOAD || this.ending.fails();
			case UNEXPECTED -> false;
		};
	}

	// That of a call before it, which nobody notices who sends again in time, once
	private boolean mayLoseReusedConnection(Duration elapsed) {
		return !this.method.mayBeSentTwice() || !this.upstream.retries() || this.answer.isUnavailable()
				|| this.upstream.isCallOver(elapsed);
	}

	/**
	 * How often the request may arrive, whole, at the place it is sent or redirected to.
	 * @return the number of times
	 */
	int mostArrivals() {
		if (this.method == SoakMethod.FAILING_UPLOAD) {
			return 0;
		}
		// Attempts, and the free one after a loss on a reused connection
		return this.method.mayBeSentTwice() ? 3 + 1 : 1;
	}

	private boolean maySucceed() {
		boolean everFails = this.answer.breaksBody() && this.ending.seesTheEnd();
		boolean alwaysFails = this.always && (this.answer.losesConnection() || this.answer.isUnavailable())
				&& !this.answer.breaksBody();
		// No content, nothing to convert
		boolean callerFails = this.ending.fails()
				&& !(this.ending == SoakEnding.CONVERTER_FAILS && this.answer == SoakAnswer.NO_CONTENT);
		return this.method != SoakMethod.FAILING_UPLOAD && !callerFails && !everFails && !alwaysFails;
	}

}
