package dev.tidepool.bounds;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.tidepool.testsupport.TestTls;

/**
 * One of the upstreams of a soak, with limits and time-outs drawn from its seed. Times
 * are in milliseconds.
 *
 * @param name its name in the properties
 * @param tls whether it speaks TLS
 * @param share how many of a hundred calls go to it
 * @param max connections that it may have
 * @param maxPending callers that may wait for one
 * @param acquireTimeout longest wait for one
 * @param timeout for the response, and for silence in its body
 * @param callTimeout for the whole call, or {@code null}
 * @param retries whether calls are repeated
 * @param maxRequests requests after which a connection is closed
 * @param keepAlive idle time after which the upstream closes a connection, 0 for never
 */
record SoakUpstream(String name, boolean tls, int share, int max, int maxPending, int acquireTimeout, int timeout,
		Integer callTimeout, boolean retries, int maxRequests, int keepAlive) {

	private static final int CONNECT_TIMEOUT = 2000;

	static List<SoakUpstream> all(long seed) {
		SplittableRandom random = new SplittableRandom(seed);
		return List.of(
				new SoakUpstream("roomy", false, 55, random.nextInt(12, 21), 100, 500, random.nextInt(100, 200), null,
						true, 10_000, 0),
				new SoakUpstream("narrow", false, 22, random.nextInt(2, 6), random.nextInt(1, 5), random.nextInt(5, 50),
						random.nextInt(80, 160), random.nextInt(100, 300), true, 200, 0),
				new SoakUpstream("secret", true, 18, random.nextInt(4, 11), random.nextInt(4, 20),
						random.nextInt(20, 200), 250, random.nextInt(200, 500), true, 1_000, 0),
				new SoakUpstream("brief", false, 5, random.nextInt(3, 9), random.nextInt(2, 10),
						random.nextInt(10, 100), 200, null, false, 10_000, random.nextInt(100, 400)));
	}

	static int maxTotal(long seed) {
		int together = all(seed).stream().mapToInt(SoakUpstream::max).sum();
		// So few that callers wait for a place in total too, now and then
		return together - new SplittableRandom(~seed).nextInt(0, together / 3);
	}

	Stream<String> properties(int port) {
		String prefix = "tidepool.upstreams." + this.name + ".";
		Stream<String> common = Stream.of(prefix + "hosts=localhost:" + port,
				prefix + "pool.max-per-upstream=" + this.max, prefix + "pool.max-pending=" + this.maxPending,
				prefix + "pool.acquire-timeout=" + this.acquireTimeout + "ms",
				prefix + "timeout.response=" + this.timeout + "ms", prefix + "timeout.read=" + this.timeout + "ms",
				prefix + "timeout.connect=" + CONNECT_TIMEOUT + "ms", prefix + "retry.enabled=" + this.retries,
				prefix + "keep-alive.max-requests=" + this.maxRequests, prefix + "pool.max-lifetime=3s",
				prefix + "retry.backoff.initial=1ms", prefix + "retry.backoff.max=5ms");
		Stream<String> ofCall = Stream.ofNullable(this.callTimeout)
			.map((timeout) -> prefix + "timeout.call=" + timeout + "ms");
		Stream<String> ofTls = this.tls ? Stream.of(prefix + "ssl.bundle=soak", TestTls.trustProperty("soak", "first"))
				: Stream.empty();
		return Stream.of(common, ofCall, ofTls).flatMap((properties) -> properties);
	}

	/**
	 * No wait may be said to have been too long before this.
	 * @param ofCaller the time-out that the caller has set for itself
	 * @return the time
	 */
	Duration shortestTimeout(int ofCaller) {
		int ofCall = (this.callTimeout != null) ? this.callTimeout : Integer.MAX_VALUE;
		return Duration.ofMillis(IntStream.of(this.timeout, ofCall, ofCaller, CONNECT_TIMEOUT).min().orElseThrow());
	}

	boolean isCallOver(Duration elapsed) {
		return this.callTimeout != null && elapsed.toMillis() >= this.callTimeout;
	}

	/**
	 * Whether a connection may be lost although its upstream does no harm in the
	 * exchange.
	 */
	boolean losesConnections() {
		return this.keepAlive > 0;
	}

	Duration keepAliveTimeout() {
		return Duration.ofMillis(this.keepAlive);
	}

}
