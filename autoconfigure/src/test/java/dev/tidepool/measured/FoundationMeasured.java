package dev.tidepool.measured;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import dev.tidepool.measured.Callers.Outcome;
import dev.tidepool.measured.PoolScenarios.Builders;
import dev.tidepool.measured.PoolScenarios.Cookies;
import dev.tidepool.measured.PoolScenarios.GroupTimeout;
import dev.tidepool.measured.PoolScenarios.Leftovers;
import dev.tidepool.measured.PoolScenarios.Load;
import dev.tidepool.measured.PoolScenarios.Sharing;
import dev.tidepool.measured.PoolScenarios.Survival;
import dev.tidepool.measured.ProxyScenarios.Loop;
import dev.tidepool.measured.RaceScenario.Pace;
import dev.tidepool.measured.RaceScenario.Race;
import dev.tidepool.measured.RetryScenarios.Dead;
import dev.tidepool.measured.RetryScenarios.Kind;
import dev.tidepool.measured.RetryScenarios.Loss;
import dev.tidepool.measured.RetryScenarios.RetryAfter;
import dev.tidepool.measured.RetryScenarios.Trouble;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures what one pool, its keep-alive and its retries bring, beside plain Boot in the
 * same run, and writes {@code docs/measured/foundation.md}. Not a test: it looks at
 * times, and takes minutes. It runs with
 * {@code mvn -q -Pmeasured -pl autoconfigure verify}; {@link FoundationIT} asserts the
 * counts in each build.
 */
class FoundationMeasured {

	private static final String COMMAND = "mvn -q -Pmeasured -pl autoconfigure verify";

	private final Report report = new Report();

	@Test
	void foundation() throws Exception {
		onePool();
		isolation();
		load();
		proxy();
		keepAlive();
		retry();
		Path file = Path.of(System.getProperty("tidepool.measured.folder", "target/measured"), "foundation.md");
		this.report.write(file.toAbsolutePath().normalize(), "Foundation: one pool, keep-alive, retry", COMMAND);
		assertThat(this.report.missed()).isEmpty();
	}

	private void onePool() throws Exception {
		this.report.section("One pool");
		Both<Builders> builders = Both.of(PoolScenarios::builderForEachCall);
		this.report.exactly(
				"200 calls, 6 at a time, each through a freshly injected RestClient.Builder: calls that failed", 0,
				builders, (each) -> each.outcome().failures());
		this.report.atMost("The same: connections opened", 6, builders, Builders::connections);
		this.report.atMost("The same: sockets established after it, without a GC", 6, builders, Builders::established);
		this.report.atMost("The same: threads more after it", 2, builders, (each) -> each.threads().size());
		Both<Sharing> sharing = Both.of(PoolScenarios::callersOfAllKinds);
		this.report.exactly(
				"10 injected builders, a RestTemplateBuilder and 3 HTTP service groups with different read time-outs, one after the other, one host: connections opened",
				1, sharing, Sharing::connections);
		for (int i = 0; i < MeasuredApplication.groupTimeouts().size(); i++) {
			int group = i;
			GroupTimeout timeout = sharing.tidepool().timeouts().get(group);
			this.report.row("The upstream stalls: a call of group '%s' ends after".formatted(timeout.group()),
					millis(timeout.configured()) + ", its own read-timeout", sharing,
					(each) -> millis(each.timeouts().get(group).elapsed()),
					(each) -> each.timeouts().get(group).holds());
		}
		Builders jdk = PoolScenarios.builderForEachCall(Client.PLAIN_BOOT_WITH_JDK_CLIENT);
		this.report.note(
				"The same 200 calls with plain Boot and the JDK's client (`spring.http.clients.imperative.factory=jdk`): "
						+ "%d connections opened, %d still established, %d threads more.".formatted(jdk.connections(),
								jdk.established(), jdk.threads().size()));
	}

	private void isolation() throws Exception {
		this.report.section("What callers keep to themselves, and what they survive");
		Both<Cookies> cookies = Both.of(PoolScenarios::cookies);
		this.report.exactly("A cookie set for one builder's client: times that client sends it with its next call", 1,
				cookies, Cookies::byOwner);
		this.report.exactly(
				"The same: times another builder's client, a RestTemplate and an HTTP service group send it", 0,
				cookies, Cookies::byOthers);
		Both<Survival> factory = Both.of(PoolScenarios::factoryClosed);
		this.report.exactly("One request factory is closed: of 10 calls through others, succeed", 10, factory,
				(each) -> succeeded(each.outcome()));
		this.report.exactly("The same: connections opened before and after", 1, factory, Survival::connections);
		Both<Survival> error = Both
			.of((client) -> PoolScenarios.errorInCall(client, "tidepool.pool.max-per-upstream=1"));
		this.report.exactly(
				"3 calls end with an Error, with max-per-upstream=1: of 10 later calls through the same client, succeed",
				10, error, (each) -> succeeded(each.outcome()));
		Both<Leftovers> leftovers = Both.of(PoolScenarios::closedContext);
		this.report.exactly("The application context is closed: sockets still open to the upstream", 0, leftovers,
				Leftovers::sockets);
		this.report.exactly("The same: threads of Tidepool still alive", 0, leftovers, Leftovers::threads);
	}

	private void load() throws Exception {
		this.report.section("64 callers");
		Both<Load> load = new Both<>(PoolScenarios.manyCallers(Client.PLAIN_BOOT, 10_000, Duration.ofSeconds(10)),
				PoolScenarios.manyCallers(Client.TIDEPOOL, 10_000, Duration.ofSeconds(30)));
		this.report.exactly("64 callers share a client of an upstream that takes 50 ms: calls made", 10_000, load,
				(each) -> each.outcome().calls());
		this.report.exactly("The same: calls that failed", 0, load, (each) -> each.outcome().failures());
		this.report.row("The same: calls a second", "over 1000", load, (each) -> Math.round(each.outcome().perSecond()),
				(each) -> each.outcome().perSecond() > 1000);
		this.report.atMost("The same: connections opened", 64, load, Load::opened);
		this.report.exactly("The same: connections closed", 0, load, Load::closed);
		this.report.atMost("The same: sockets in TIME_WAIT, more than before", 99, load, Load::moreTimeWait);
		this.report.note("Plain Boot, which has 5 connections for one host, was stopped after 10 s.");
	}

	private void proxy() throws Exception {
		this.report.section("Proxy properties of the JVM that point at the application itself");
		for (boolean forEachCall : List.of(false, true)) {
			Both<Loop> loop = Both
				.of((client) -> ProxyScenarios.systemProxyIsTheApplication(client, forEachCall, Duration.ofSeconds(5)));
			this.report.exactly("One request to an application that makes "
					+ (forEachCall ? "a client for each call" : "all calls with one client")
					+ ": requests that enter it", 1, loop, Loop::entered);
			this.report.row("The same: whether the request is answered within 5 s", "yes", loop,
					(each) -> each.answered() ? "yes" : "no, stuck", Loop::answered);
		}
	}

	private void keepAlive() throws Exception {
		this.report.section("Keep-alive against nginx that closes idle connections after 2 s");
		Both<Race> race = sideBySide(Duration.ofSeconds(60));
		for (Pace pace : Pace.values()) {
			this.report.row(pace.display() + ", GET and POST in turns, 60 s: GETs that failed", "0", race,
					(each) -> failed(each.results().get(pace).failedGets(), each.results().get(pace).gets()),
					(each) -> each.results().get(pace).failedGets() == 0);
			this.report.row("The same: POSTs that failed", "0", race,
					(each) -> failed(each.results().get(pace).failedPosts(), each.results().get(pace).posts()),
					(each) -> each.results().get(pace).failedPosts() == 0);
		}
		this.report.row("The same: calls that reuse a connection", "at least 90 %", race,
				(each) -> "%d of %d".formatted(each.reusing(), each.steadyCalls()),
				(each) -> each.reusing() >= 0.9 * each.steadyCalls());
		this.report.count("All lanes: connections opened", race, (each) -> each.connections().opened());
		this.report.exactly("All lanes: connections that nginx closed first", 0, race,
				(each) -> each.connections().closedByServerFirst());
		this.report.exactly("All lanes: most arrivals of one request", 1, race, Race::mostArrivals);
		this.report.note("`tidepool.keep-alive.upstream-timeout=2s`; plain Boot has no such setting. Both ran side by "
				+ "side. Each lane calls an address of its own, so that its connection is idle for as long as it pauses.");
	}

	private static Both<Race> sideBySide(Duration duration) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			Callable<Race> plainBoot = () -> RaceScenario.run(Client.PLAIN_BOOT, duration);
			Callable<Race> tidepool = () -> RaceScenario.run(Client.TIDEPOOL, duration);
			List<Future<Race>> races = executor.invokeAll(List.of(plainBoot, tidepool));
			return new Both<>(races.get(0).get(), races.get(1).get());
		}
		finally {
			executor.shutdownNow();
		}
	}

	private void retry() throws Exception {
		this.report.section("Retry");
		for (Loss loss : Loss.values()) {
			arrivals(loss.display(), Both.of((client) -> RetryScenarios.firstAttemptLost(client, loss)));
		}
		for (int status : List.of(503, 429)) {
			arrivals(String.valueOf(status), Both.of((client) -> RetryScenarios.firstAttemptAnswered(client, status)));
		}
		for (Loss loss : Loss.values()) {
			Both<Dead> dead = new Both<>(RetryScenarios.allIdleConnectionsDead(Client.PLAIN_BOOT, loss, 5),
					RetryScenarios.allIdleConnectionsDead(Client.TIDEPOOL, loss, 20));
			this.report.atMost(loss.display() + " on all idle connections at once: most arrivals of one request", 2,
					dead, Dead::mostArrivals);
			this.report.row("The same: calls that failed", "0", dead,
					(each) -> failed(each.outcome().failures(), each.outcome().calls()),
					(each) -> each.outcome().failures() == 0);
		}
		Both<RetryAfter> retryAfter = Both
			.of((client) -> RetryScenarios.retryAfterTwoMinutes(client, Duration.ofSeconds(5)));
		this.report.row("503 with Retry-After: 120 to a GET is handed over after", "less than 1000 ms", retryAfter,
				(each) -> each.handedOver() ? millis(each.elapsed()) : "not within " + millis(each.elapsed()),
				(each) -> each.handedOver() && each.elapsed().toMillis() < 1000);
		Both<Trouble> trouble = Both.of((client) -> RetryScenarios.always503(client, 500, Duration.ofSeconds(20)));
		this.report.exactly("Always 503, 500 calls/s for 20 s: calls", 10_000, trouble,
				(each) -> each.outcome().calls());
		this.report.exactly("The same: calls that failed otherwise", 0, trouble, (each) -> each.outcome().failures());
		this.report.row("The same: requests per call", "at most 1.25", trouble,
				(each) -> "%.3f".formatted(each.requestsPerCall()), (each) -> each.requestsPerCall() <= 1.25);
		this.report.note("With plain Boot 5 connections were idle, its limit for one host; with Tidepool 20.");
	}

	private void arrivals(String what, Both<Map<Kind, Integer>> arrivals) {
		this.report.row(what + " at the first attempt: arrivals", "2, of a POST without a key 1", arrivals,
				FoundationMeasured::display, (each) -> each.equals(RetryScenarios.TWICE_BUT_PLAIN_POST));
	}

	private static String failed(int failed, int calls) {
		return "%d of %d (%.1f %%)".formatted(failed, calls, 100.0 * failed / calls);
	}

	private static int succeeded(Outcome outcome) {
		return outcome.calls() - outcome.failures();
	}

	private static String millis(Duration duration) {
		return duration.toMillis() + " ms";
	}

	private static String display(Map<Kind, Integer> arrivals) {
		return arrivals.entrySet()
			.stream()
			.map((entry) -> entry.getKey().display() + " " + entry.getValue())
			.collect(Collectors.joining(", "));
	}

}
