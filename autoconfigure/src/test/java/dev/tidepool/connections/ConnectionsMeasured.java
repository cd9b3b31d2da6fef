package dev.tidepool.connections;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import com.sun.management.UnixOperatingSystemMXBean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.http.HttpMethod;

import dev.tidepool.testsupport.Together;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures what is known of connections, what is learned of upstreams, and what that is
 * good for, and writes {@code docs/measured/connections.md}. Not a test: it looks at
 * times, and takes minutes. It runs with
 * {@code mvn -q -Pmeasured-connections -pl autoconfigure verify}; the ITs beside it
 * assert the counts in each build.
 */
class ConnectionsMeasured {

	private static final String COMMAND = "mvn -q -Pmeasured-connections -pl autoconfigure verify";

	private static final Duration LEARNING = Duration.ofSeconds(15);

	private static final int LIMITED_CALLS = 20_000;

	private static final int MANY = 10_000;

	private static final int CONNECTIONS_OF_EACH = 10;

	private static final int OTHER_DESCRIPTORS = 1000;

	private static final Duration LOOKING = Duration.ofSeconds(10);

	private static final Duration LONGEST_HOLD_UP = Duration.ofMillis(5);

	private final Page page = new Page();

	@BeforeAll
	static void logLess() {
		LoggingSystem logging = LoggingSystem.get(ConnectionsMeasured.class.getClassLoader());
		// What plain Boot retries, and what is learned of a thousand upstreams
		List.of("org.apache.hc.client5", "dev.tidepool").forEach((name) -> logging.setLogLevel(name, LogLevel.WARN));
	}

	@Test
	void connections() throws Exception {
		MemoryScenario.Result memory = new MemoryScenario(5000).run();
		List<RequestLimitScenario.Result> limits = limits();
		RestartScenario.Result restart = RestartScenario.run();
		WarmedScenario.Result warmed = WarmedScenario.run();
		ManyIdleScenario.Result plain = manyIdle(false).run();
		ManyIdleScenario.Result tls = manyIdle(true).run();
		lanesAndCanaries();
		report(limits);
		report(restart);
		report(plain, tls);
		report(warmed, memory);
		Path file = Path.of(System.getProperty("tidepool.measured.folder", "target/measured"), "connections.md");
		this.page.write(file.toAbsolutePath().normalize(), "Connections: learning keep-alive, idle connections",
				COMMAND);
		assertThat(this.page.missed()).isEmpty();
	}

	private void lanesAndCanaries() throws Exception {
		Duration duration = DurationStyle.detectAndParse(System.getProperty("tidepool.measured.lanes-duration", "3m"));
		Together<LaneUpstream, LaneScenario.Result> tidepool = new Together<>();
		Together<LaneUpstream, LaneScenario.Result> plainBoot = new Together<>();
		for (LaneUpstream upstream : LaneUpstream.values()) {
			tidepool.start(upstream, new LaneScenario(upstream, Side.TIDEPOOL, LEARNING, duration)::run);
			plainBoot.start(upstream, new LaneScenario(upstream, Side.PLAIN_BOOT, LEARNING, duration)::run);
		}
		Together<Duration, CanaryScenario.Result> canaries = new Together<>();
		for (Duration timeout : Stream.of(2, 5, 20, 60).map(Duration::ofSeconds).toList()) {
			canaries.start(timeout, new CanaryScenario(timeout)::run);
		}
		lanes(duration, tidepool, plainBoot);
		canaries(canaries.results());
	}

	private void lanes(Duration duration, Together<LaneUpstream, LaneScenario.Result> tidepool,
			Together<LaneUpstream, LaneScenario.Result> plainBoot) throws Exception {
		this.page.section("Calls that come when an upstream closes idle connections", "Upstream",
				"Plain Boot: GETs failed", "Plain Boot: POSTs failed", "GETs failed", "POSTs failed",
				"Closed first by the upstream, where a caller could have got it", "Reached",
				"GETs failed while learning", "POSTs failed while learning", "Learned");
		for (LaneUpstream upstream : LaneUpstream.values()) {
			LaneScenario.Result result = tidepool.result(upstream);
			LaneScenario.Phase plain = plainBoot.result(upstream).after();
			LaneScenario.Phase after = result.after();
			LaneScenario.Phase learning = result.learning();
			boolean reached = after.failed() == 0 && after.peerClosed() == 0 && learning.failedGets() == 0;
			this.page.row(upstream.display(), failed(plain.failedGets(), plain.gets()),
					failed(plain.failedPosts(), plain.posts()), failed(after.failedGets(), after.gets()),
					failed(after.failedPosts(), after.posts()), after.peerClosed(),
					this.page.verdict(upstream.display() + ": " + result, reached),
					failed(learning.failedGets(), learning.gets()), failed(learning.failedPosts(), learning.posts()),
					Page.seconds(result.learned()));
		}
		this.page
			.note(("Nothing is configured. 12 lanes call within 0.25 %% of the upstream's time-out, 12 at any time from "
					+ "0.6 to 1.2 of it, 8 at about half of it; each has a connection of its own, and makes GETs and POSTs in "
					+ "turn. The first %d s are for learning, then %d s are measured, plain Boot beside it.")
				.formatted(LEARNING.toSeconds(), duration.toSeconds()));
		this.page.table("Calls at half the time-out, after learning", "Plain Boot: calls", "Connections opened",
				"Reused", "Calls", "Connections opened", "Reused", "At least 90 %");
		for (LaneUpstream upstream : LaneUpstream.values()) {
			LaneUpstream.Seen plain = plainBoot.result(upstream).half();
			LaneUpstream.Seen seen = tidepool.result(upstream).half();
			this.page.row(upstream.display(), plain.requests(), plain.opened(), Page.percent(plain.reused()),
					seen.requests(), seen.opened(), Page.percent(seen.reused()),
					this.page.verdict(upstream.display() + ": " + seen, seen.reused() >= 0.9));
		}
	}

	private static String failed(int failed, int all) {
		return (failed == 0) ? "0 of " + all
				: "%d of %d (%s)".formatted(failed, all, Page.percent((double) failed / all));
	}

	private void canaries(List<CanaryScenario.Result> results) {
		this.page.section("An idle time-out, measured by a canary", "Time-out", "Measured, within 1 s",
				"Trusted, above 70 %", "Calls that it took", "Reached");
		for (CanaryScenario.Result result : results) {
			this.page.row(Page.seconds(result.scenario().timeout()), Page.seconds(result.learned()),
					Page.seconds(result.trusted()) + ", " + Page.percent(result.trustedShare()), result.calls(),
					this.page.verdict(result.toString(), result.error().compareTo(Duration.ofSeconds(1)) <= 0
							&& result.trustedShare() > 0.7 && result.trustedShare() < 1));
		}
	}

	private static List<RequestLimitScenario.Result> limits() throws Exception {
		return List.of(new RequestLimitScenario(Side.PLAIN_BOOT, HttpMethod.GET, LIMITED_CALLS).run(),
				new RequestLimitScenario(Side.PLAIN_BOOT, HttpMethod.POST, LIMITED_CALLS).run(),
				new RequestLimitScenario(Side.TIDEPOOL, HttpMethod.GET, LIMITED_CALLS).run(),
				new RequestLimitScenario(Side.TIDEPOOL, HttpMethod.POST, LIMITED_CALLS).run());
	}

	private void report(List<RequestLimitScenario.Result> limits) {
		this.page.section(
				"An upstream that closes after %d requests without notice, 16 callers, %d calls".formatted(
						RequestLimitScenario.LIMIT, LIMITED_CALLS),
				"Calls", "Failed", "Failed after it was learned", "Learned after", "Connections",
				"Requests of a connection after that", "Required", "Reached");
		for (RequestLimitScenario.Result result : limits) {
			boolean tidepool = result.scenario().side() == Side.TIDEPOOL;
			int most = (result.scenario().method() == HttpMethod.GET) ? 0 : 20;
			boolean reached = result.failed() <= most && result.failedAfterLearning() == 0
					&& result.requestsOfOne() >= 45;
			this.page.row((tidepool ? "Tidepool, " : "Plain Boot, ") + result.scenario().method(), result.failed(),
					tidepool ? result.failedAfterLearning() : "",
					(result.learnedAt() >= 0) ? result.learnedAt() + " requests" : "never", result.connections(),
					"%.1f".formatted(result.requestsOfOne()),
					tidepool ? "at most " + most + " fail, none after it was learned, then at least 45 requests" : "",
					tidepool ? this.page.verdict(result.toString(), reached) : "");
		}
	}

	private void report(RestartScenario.Result result) {
		this.page.section("nginx is stopped and started again under load", "What", "Required", "Measured", "Reached");
		this.page.row("GETs of 16 callers", "", result.calls(), "");
		this.page.row("Connections that were idle", "about 200", result.idle(), "");
		this.page.row("Calls that were refused while it was down", "", result.refused(), "");
		this.page.required("Calls that failed otherwise", "0", result.failedOtherwise(), result.failedOtherwise() == 0);
		this.page.required("Learned idle time-out before and after", "unchanged",
				Page.seconds(result.learnedBefore()) + ", " + Page.seconds(result.learnedAfter()),
				result.change().toMillis() < 200);
		this.page.required("Learned request limit after", "none",
				(result.limitAfter() == 0) ? "none" : result.limitAfter(), result.limitAfter() == 0);
	}

	// Fewer where the system does not allow so many descriptors
	private static ManyIdleScenario manyIdle(boolean tls) {
		long descriptors = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
			.getMaxFileDescriptorCount() - OTHER_DESCRIPTORS;
		int connections = (int) Math.min(MANY, descriptors);
		return new ManyIdleScenario(connections / CONNECTIONS_OF_EACH, CONNECTIONS_OF_EACH, tls, LOOKING);
	}

	private void report(ManyIdleScenario.Result plain, ManyIdleScenario.Result tls) {
		this.page.section(
				"%d idle connections over %d upstreams".formatted(plain.connections(), plain.scenario().upstreams()),
				"What", "Required", "Measured", "Reached");
		for (ManyIdleScenario.Result result : List.of(plain, tls)) {
			String kind = result.scenario().tls() ? "TLS: " : "Plain: ";
			int all = result.connections();
			this.page.required(kind + "connections that are idle after sweeps looked at them", String.valueOf(all),
					result.stayed(), result.stayed() == all);
			if (result.scenario().tls()) {
				this.page.required(kind + "connections that leave when certificates are replaced", String.valueOf(all),
						result.rotated(), result.rotated() == all);
			}
			this.page.required(kind + "connections that leave when the upstreams close all", String.valueOf(all),
					result.closedByPeer(), result.closedByPeer() == all);
			this.page.row(kind + "from the stop of the upstreams to when none is idle any more", "about a second",
					"%s, of which they took %s to stop".formatted(Page.seconds(result.noticed()),
							Page.seconds(result.stopping())),
					"");
			this.page.required(kind + "closed connections that a caller met, and calls that failed", "0",
					result.metByCaller() + ", " + result.failed(), result.metByCaller() + result.failed() == 0);
		}
		this.page
			.note("""
					One caller of another upstream leases a connection from the same pool and puts it back meanwhile, over \
					and over, and one does so with another pool, to which nothing happens: what takes long there is not the \
					sweep's doing but the machine's. The waits for locks are those that the JVM's flight recorder has of the \
					first caller, the time to be woken included, the pauses of the garbage collector not. The sweep is to \
					blame for the CPU time that its thread spent during such a wait; for the rest it waited for a CPU itself.\
					""");
		this.page.table("While", "Lasts", "Lease and release: number", "Median", "p99.9", "Longest",
				"The other pool: p99.9", "Longest", "Longest collection", "Longest wait for a lock",
				"Of which the sweeper ran", "At most 5 ms");
		for (ManyIdleScenario.Result result : List.of(plain, tls)) {
			for (LeaseTimes.Phase phase : result.phases()) {
				String name = (result.scenario().tls() ? "TLS: " : "Plain: ") + phase.name();
				this.page.row(name, Page.seconds(Duration.between(phase.start(), phase.end())), phase.leases().number(),
						phase.leases().median(), phase.leases().p999(), phase.leases().max(), phase.control().p999(),
						phase.control().max(), phase.longestCollection(), phase.longestWait(), phase.longestHoldUp(),
						this.page.verdict(name + ": " + phase.longestHoldUp(),
								phase.longestHoldUp().compareTo(LONGEST_HOLD_UP) <= 0));
			}
		}
	}

	private void report(WarmedScenario.Result warmed, MemoryScenario.Result memory) {
		this.page.section("What connections survive and cost", "What", "Required", "Measured", "Reached");
		this.page.required(
				"Sweeps that an unused TLS 1.3 connection to nginx survives, its session tickets waiting at first",
				"10", warmed.survived(), warmed.survived() == 10 && warmed.ticketsRead());
		this.page.required("Connections made and requests seen when it is then used for a POST", "1, 1",
				warmed.connections() + ", " + warmed.requests(), warmed.connections() == 1 && warmed.requests() == 1);
		this.page.row("Heap that an idle connection of HttpClient alone takes", "", memory.alone() + " bytes", "");
		this.page.required("Heap that one of Tidepool takes beyond that", "at most 600 bytes",
				memory.beyond() + " bytes", memory.beyond() <= 600);
	}

}
