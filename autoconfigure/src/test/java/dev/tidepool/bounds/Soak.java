package dev.tidepool.bounds;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import com.sun.management.UnixOperatingSystemMXBean;
import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many calls of all kinds at once to upstreams that do all kinds of things, with callers
 * that are interrupted, cancelled, fail, or forget what they hold: each has to end in a
 * way that fits, and when all have, nothing may be left of them.
 *
 * @param seed of all that is drawn
 * @param calls how many
 */
record Soak(long seed, int calls) {

	/**
	 * The property that runs a soak again as it was drawn before.
	 */
	static final String SEED = "tidepool.soak.seed";

	private static final int COLLECTIONS = 5;

	private static final String RESOLVER = "tidepool-resolver";

	/**
	 * The seed that was asked for, else a new one.
	 * @return the seed
	 */
	static long seedFromProperty() {
		return Long.getLong(SEED, System.nanoTime());
	}

	Result run() throws Exception {
		List<SoakUpstream> upstreams = SoakUpstream.all(this.seed);
		SoakTally tally = new SoakTally();
		long threadsBefore = SoakBalance.threads().count();
		Result[] result = new Result[1];
		try (SoakServers servers = new SoakServers(this.seed, upstreams, this.calls, tally::violation)) {
			String[] properties = Stream
				.concat(Stream.of("tidepool.pool.max-total=" + SoakUpstream.maxTotal(this.seed)),
						upstreams.stream().flatMap((upstream) -> upstream.properties(servers.of(upstream).port())))
				.toArray(String[]::new);
			TestRunners.application()
				.withPropertyValues(properties)
				.run((context) -> result[0] = run(context.getSourceApplicationContext(), upstreams, servers, tally));
			checkArrivals(upstreams, servers, tally);
		}
		catch (Throwable ex) {
			throw new AssertionError("After %d calls, with %s; again with -D%s=%d".formatted(tally.ended(),
					tally.firstViolations(), SEED, this.seed), ex);
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(SoakBalance.threads().count()).isLessThanOrEqualTo(threadsBefore));
		return result[0];
	}

	private Result run(ApplicationContext context, List<SoakUpstream> upstreams, SoakServers servers, SoakTally tally)
			throws Exception {
		SoakBalance balance = new SoakBalance(new PoolCounts(context), servers);
		// Without those of an application before that are about to end
		List<String> threads = SoakBalance.threads().filter((name) -> !name.equals(RESOLVER)).sorted().toList();
		long start = System.nanoTime();
		try (SoakCallers callers = new SoakCallers(this.seed, upstreams, new SoakClients(context), servers, tally)) {
			int tenth = this.calls / 10;
			callers.make(0, tenth);
			balance.await(tally.leaks());
			Usage early = Usage.now(balance);
			callers.make(tenth, this.calls);
			double seconds = (System.nanoTime() - start) / 1e9;
			balance.await(tally.leaks());
			// Those that resolve names end when there was nothing to do for a while
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(SoakBalance.threads().sorted()).isEqualTo(threads));
			return new Result(this, tally, seconds, early, Usage.now(balance),
					Arrays.stream(CloseReason.values())
						.map((reason) -> new Closed(reason, balance.closed(reason)))
						.toList());
		}
	}

	private void checkArrivals(List<SoakUpstream> upstreams, SoakServers servers, SoakTally tally) {
		for (int call = 0; call < this.calls; call++) {
			SoakPlan plan = SoakPlan.of(this.seed, upstreams, call);
			int most = Math.max(servers.requests(call), servers.redirectedRequests(call));
			if (most > plan.mostArrivals()) {
				tally.violation("%s arrived %d times".formatted(plan, most));
			}
		}
	}

	/**
	 * What is in use at a moment when nobody calls.
	 *
	 * @param heap bytes in use after a collection
	 * @param descriptors open descriptors without those of connections
	 * @param opened connections that were opened so far
	 * @param open connections that are open
	 * @param threads of the pool
	 */
	record Usage(long heap, long descriptors, long opened, long open, long threads) {

		static Usage now(SoakBalance balance) {
			MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
			long heap = LongStream.generate(() -> {
				memory.gc();
				return memory.getHeapMemoryUsage().getUsed();
			}).limit(COLLECTIONS).min().orElseThrow();
			UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
			long open = balance.open();
			return new Usage(heap, system.getOpenFileDescriptorCount() - 2 * open, balance.opened(), open,
					SoakBalance.threads().count());
		}

	}

	/**
	 * Connections that were closed for one reason.
	 *
	 * @param reason the reason
	 * @param connections how many
	 */
	record Closed(CloseReason reason, long connections) {

	}

	/**
	 * What came of it.
	 *
	 * @param soak the soak
	 * @param tally how the calls ended
	 * @param seconds how long it took
	 * @param early what was in use after a tenth of the calls
	 * @param late what was in use after all
	 * @param closed why connections were closed
	 */
	record Result(Soak soak, SoakTally tally, double seconds, Usage early, Usage late, List<Closed> closed) {

		void assertAllIsWell() {
			assertThat(this.tally.firstViolations())
				.as("%d violations; again with -D%s=%d", this.tally.violations(), SEED, this.soak.seed())
				.isEmpty();
			assertThat(this.tally.ended()).isEqualTo(this.soak.calls());
			assertThat(this.tally.count(SoakOutcome.UNEXPECTED)).isZero();
			assertThat(SoakOutcome.values()).filteredOn(SoakOutcome::isSureToOccur)
				.allMatch((outcome) -> this.tally.count(outcome) > 0);
			assertThat(this.tally.count(SoakOutcome.SUCCEEDED)).isGreaterThan(this.soak.calls() / 2);
			// Sockets are counted exactly elsewhere; classes that are loaded late open
			// jars
			assertThat(this.late.descriptors()).as("descriptors").isLessThanOrEqualTo(this.early.descriptors() + 24);
		}

		@Override
		public String toString() {
			StringBuilder table = new StringBuilder(
					"%,d calls in %.0f s, seed %d%n".formatted(this.soak.calls(), this.seconds, this.soak.seed()));
			for (SoakOutcome outcome : SoakOutcome.values()) {
				line(table, outcome, this.tally.count(outcome));
			}
			line(table, "connections opened", this.late.opened());
			this.closed.forEach((each) -> line(table, "closed, " + each.reason().tag(), each.connections()));
			line(table, "connections open", this.late.open());
			line(table, "responses dropped", this.tally.leaks());
			line(table, "heap at 10 %, KiB", this.early.heap() / 1024);
			line(table, "heap at the end, KiB", this.late.heap() / 1024);
			line(table, "descriptors at 10 %", this.early.descriptors());
			line(table, "descriptors at the end", this.late.descriptors());
			line(table, "threads at 10 %", this.early.threads());
			line(table, "threads at the end", this.late.threads());
			return table.toString();
		}

		private static void line(StringBuilder table, Object what, long number) {
			table.append("%-30s %,12d%n".formatted(what, number));
		}

	}

}
