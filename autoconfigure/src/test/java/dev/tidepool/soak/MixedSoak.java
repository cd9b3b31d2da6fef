package dev.tidepool.soak;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import org.apache.hc.client5.http.DnsResolver;
import org.awaitility.Awaitility;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.context.ApplicationContext;
import reactor.core.publisher.Hooks;

import dev.tidepool.bounds.PoolCounts;
import dev.tidepool.testsupport.Footprint;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.TestRunners;

/**
 * Calls of all kinds with both clients at once, for some time, to upstreams that do all
 * kinds of things and end, move and change their certificates meanwhile, with callers
 * that are interrupted or cancel: each has to end in a way that fits, and when all have,
 * nothing may be left of them.
 *
 * @param seed of all that is drawn
 * @param duration for how long
 * @param rate calls that are begun each second
 */
record MixedSoak(long seed, Duration duration, int rate) {

	static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(1);

	static final Duration CALL_TIMEOUT = Duration.ofSeconds(4);

	/**
	 * The property that draws the same again.
	 */
	static final String SEED = "tidepool.soak.seed";

	private static final Duration WIDE = Duration.ofSeconds(30);

	private static final Duration LONGEST_START = Duration.ofMinutes(1);

	private static final String[] PROPERTIES = { "tidepool.timeout.response=" + RESPONSE_TIMEOUT.toMillis() + "ms",
			"tidepool.timeout.read=" + RESPONSE_TIMEOUT.toMillis() + "ms",
			"tidepool.timeout.call=" + CALL_TIMEOUT.toMillis() + "ms", "tidepool.pool.max-lifetime=20s",
			"tidepool.pool.max-per-upstream=1000", "tidepool.pool.max-total=4000" };

	MixedResult run() throws Exception {
		MixedTally tally = new MixedTally();
		MixedResult[] result = new MixedResult[1];
		Footprint before = Footprint.measure();
		ScriptedResolver names = new ScriptedResolver().with("localhost", MixedServer.FIRST_ADDRESS)
			.with(MixedUpstream.MOVING.host(), MixedServer.FIRST_ADDRESS);
		Hooks.onErrorDropped(tally::dropped);
		try (MixedServers servers = new MixedServers(this.seed, mostCalls(),
				(violation) -> tally.violation(violation, null))) {
			TestRunners.applicationWithBothClients()
				.withBean(DnsResolver.class, () -> names)
				.withPropertyValues(Stream.concat(Stream.of(PROPERTIES), servers.properties()).toArray(String[]::new))
				.run((context) -> result[0] = run(context.getSourceApplicationContext(), names, servers, tally));
			checkArrivals(servers, tally);
		}
		catch (Throwable ex) {
			throw new AssertionError("After %d calls, with %s; again with -D%s=%d".formatted(tally.started(),
					tally.firstViolations(), SEED, this.seed), ex);
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
		// Of the application and its upstreams, which are gone
		Awaitility.await().atMost(WIDE).untilAsserted(() -> Footprint.measure().assertNotAbove(before));
		return result[0];
	}

	private MixedResult run(ApplicationContext context, ScriptedResolver names, MixedServers servers, MixedTally tally)
			throws Exception {
		MixedLedger ledger = new MixedLedger(new PoolCounts(context), servers);
		MixedDisturbances disturbances = new MixedDisturbances(this.seed, servers, names,
				context.getBean(DefaultSslBundleRegistry.class), tally);
		Duration start = this.duration.dividedBy(5);
		start = (start.compareTo(LONGEST_START) < 0) ? start : LONGEST_START;
		try (MixedCalls calls = new MixedCalls(this, context, servers, tally)) {
			MixedUsage early = phase(start, calls, disturbances, ledger);
			long cpu = cpu();
			long began = System.nanoTime();
			MixedUsage late = phase(this.duration.minus(start), calls, disturbances, ledger);
			double cores = (double) (cpu() - cpu) / (System.nanoTime() - began);
			return new MixedResult(this, tally, disturbances, ledger.books(), early, late, cores);
		}
	}

	private static MixedUsage phase(Duration duration, MixedCalls calls, MixedDisturbances disturbances,
			MixedLedger ledger) throws Exception {
		disturbances.during(() -> calls.make(duration));
		ledger.settle();
		return MixedUsage.now(ledger);
	}

	private static long cpu() {
		return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
	}

	private int mostCalls() {
		return Math.toIntExact(this.duration.multipliedBy(this.rate).toSeconds()) + this.rate;
	}

	private void checkArrivals(MixedServers servers, MixedTally tally) {
		for (int call = 0; call < tally.started(); call++) {
			MixedPlan plan = MixedPlan.of(this.seed, call);
			if (servers.arrivals(call) > plan.method().mostArrivals()) {
				tally.violation("%s arrived %d times".formatted(plan, servers.arrivals(call)), null);
			}
		}
	}

}
