package dev.tidepool.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.policy.DrainSettings;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.PeerClose;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is counted under one tag.
 */
class UpstreamStatsTests {

	private final ManualClock clock = new ManualClock(0);

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS,
			Map.of(HostPattern.parse("hosts", "*.orders"), named("orders", 30))), 1000, this.clock);

	private final Upstream upstream = this.upstreams.get(key("a.orders"));

	private final UpstreamStats stats = this.upstream.stats();

	@Test
	void nothingIsCountedAtFirst() {
		assertThat(this.stats.tag()).isEqualTo("orders");
		assertThat(this.stats.created()).isZero();
		assertThat(this.stats.pending()).isZero();
		assertThat(State.values()).allMatch((state) -> this.stats.connections(state) == 0);
		assertThat(CloseReason.values()).allMatch((reason) -> this.stats.closed(reason) == 0);
		for (FailureCause cause : FailureCause.values()) {
			assertThat(RetryOutcome.values()).allMatch((outcome) -> this.stats.retries(cause, outcome) == 0);
		}
	}

	@Test
	void connectionsAreCountedByState() {
		ConnectionRecord first = this.upstream.connected(new QuietProbe(), null, 0);
		ConnectionRecord second = this.upstream.connected(new QuietProbe(), null, 0);
		this.upstream.connected(new QuietProbe(), null, 0);
		second.idle();
		assertThat(this.stats.connections(State.ACTIVE)).isEqualTo(2);
		assertThat(this.stats.connections(State.IDLE)).isOne();
		first.closed();
		assertThat(this.stats.connections(State.ACTIVE)).isOne();
		assertThat(this.stats.connections(State.CLOSED)).isZero();
		assertThat(this.stats.created()).isEqualTo(3);
		assertThat(this.stats.closed(CloseReason.ERROR)).isOne();
	}

	@Test
	void reuseIsTheShareOfRequestsThatWereNotTheFirstOnTheirConnection() {
		assertThat(this.stats.reuse()).isNaN();
		ConnectionRecord first = this.upstream.connected(new QuietProbe(), null, 0);
		assertThat(this.stats.reuse()).isNaN();
		first.requestStarts();
		assertThat(this.stats.reuse()).isZero();
		for (int i = 0; i < 3; i++) {
			first.requestStarts();
		}
		assertThat(this.stats.reuse()).isEqualTo(0.75);
		assertThat(this.stats.requestsOfClosed()).isZero();
		first.closed();
		assertThat(this.stats.requestsOfClosed()).isEqualTo(4);
		assertThat(this.stats.reuse()).isEqualTo(0.75);
	}

	@Test
	void retriesAreCountedByCauseAndOutcome() {
		this.stats.retried(FailureCause.LOST, RetryOutcome.SUCCESS);
		this.stats.retried(FailureCause.LOST, RetryOutcome.SUCCESS);
		this.stats.retried(FailureCause.STATUS, RetryOutcome.SUCCESS);
		this.stats.retried(FailureCause.STATUS, RetryOutcome.NO_BUDGET_LEFT);
		assertThat(this.stats.retries(FailureCause.LOST, RetryOutcome.SUCCESS)).isEqualTo(2);
		assertThat(this.stats.retries(FailureCause.STATUS, RetryOutcome.SUCCESS)).isOne();
		assertThat(this.stats.retries(FailureCause.STATUS, RetryOutcome.NO_BUDGET_LEFT)).isOne();
		assertThat(this.stats.retries(FailureCause.CONNECT, RetryOutcome.SUCCESS)).isZero();
		assertThat(this.stats.retries(FailureCause.LOST, RetryOutcome.FAILURE)).isZero();
	}

	@Test
	void upstreamsOfOneNameAreCountedTogether() {
		Upstream other = this.upstreams.get(key("b.orders"));
		assertThat(other).isNotSameAs(this.upstream);
		assertThat(other.stats()).isSameAs(this.stats);
		other.connected(new QuietProbe(), null, 0);
		this.upstream.connected(new QuietProbe(), null, 0);
		assertThat(this.stats.connections(State.ACTIVE)).isEqualTo(2);
		assertThat(this.stats.max()).isEqualTo(60);
	}

	@Test
	void budgetLeftIsThatOfAllUpstreamsOfTheName() {
		this.upstreams.get(key("b.orders"));
		assertThat(this.stats.budgetLeft(0)).isEqualTo(200);
		for (int i = 0; i < 15; i++) {
			assertThat(this.upstream.budget().tryTake(0)).isTrue();
		}
		assertThat(this.stats.budgetLeft(0)).isEqualTo(185);
		assertThat(this.stats.budgetLeft(TimeUnit.SECONDS.toNanos(1))).isEqualTo(195);
	}

	@Test
	void manyThreadsLeaveNoConnectionBehind() throws Exception {
		Together.run(8, (thread) -> () -> {
			for (int i = 0; i < 1000; i++) {
				ConnectionRecord connection = this.upstream.connected(new QuietProbe(), null, 0);
				connection.requestStarts();
				connection.mayGoBack(0);
				connection.idle();
				connection.closed();
			}
			return null;
		});
		assertThat(this.stats.created()).isEqualTo(8000);
		assertThat(this.stats.closed(CloseReason.SHRINK)).isEqualTo(8000);
		assertThat(State.values()).allMatch((state) -> this.stats.connections(state) == 0);
	}

	@Test
	void unnamedUpstreamIsNamedByHostAndPort() {
		Upstream unnamed = this.upstreams.get(new UpstreamKey("https", "payment", 8443, null));
		assertThat(unnamed.name()).isEqualTo("payment:8443");
		assertThat(unnamed.stats().tag()).isEqualTo("payment:8443");
		assertThat(unnamed).hasToString("https://payment:8443");
		assertThat(unnamed.property("pool.max-per-upstream")).isEqualTo("tidepool.pool.max-per-upstream");
	}

	@Test
	void namedUpstreamNamesBothPropertiesThatMayHaveSetAValue() {
		assertThat(this.upstream.name()).isEqualTo("orders");
		assertThat(this.upstream).hasToString("'orders' (http://a.orders:80)");
		assertThat(this.upstream.property("pool.max-per-upstream"))
			.isEqualTo("tidepool.pool.max-per-upstream or tidepool.upstreams.orders.pool.max-per-upstream");
	}

	@ParameterizedTest(name = "{0} -> {4}, {5}")
	@CsvSource({ "http, orders, 80, , orders:80, http://orders:80",
			"https, orders, 443, proxy:3128, orders:443, https://orders:443 via proxy:3128",
			"http, ::1, 8080, , [::1]:8080, http://[::1]:8080" })
	void keyIsShown(String scheme, String host, int port, String proxy, String hostAndPort, String text) {
		UpstreamKey key = new UpstreamKey(scheme, host, port, proxy);
		assertThat(key.hostAndPort()).isEqualTo(hostAndPort);
		assertThat(key).hasToString(text);
	}

	@Test
	void tagsAreInLowerCaseWithDashes() {
		assertThat(CloseReason.values()).extracting(CloseReason::tag)
			.containsExactly("idle", "lifetime", "requests", "peer-closed-idle", "peer-closed-on-reuse",
					"connection-close", "error", "deadline", "cancelled", "unread-response", "unasked-bytes",
					"tls-rotated", "shrink", "leak", "shut-down");
		assertThat(RetryOutcome.values()).extracting(RetryOutcome::tag)
			.containsExactly("success", "failure", "no-attempts-left", "retry-after-too-long", "no-time-left",
					"no-budget-left");
	}

	@Test
	void whatHappensIsCountedAndTold() {
		UpstreamStats stats = new UpstreamStats("orders");
		ConnectionEvents events = new ConnectionEvents();
		events.acquired(stats, 2_000_000);
		List<String> told = new ArrayList<>();
		events.add(new ConnectionListener() {

			@Override
			public void acquired(UpstreamStats upstream, long nanos, boolean success) {
				told.add("acquired " + upstream.tag() + " " + nanos + " " + success);
			}

			@Override
			public void connected(UpstreamStats upstream, long nanos, boolean success) {
				told.add("connected " + upstream.tag() + " " + nanos + " " + success);
			}

			@Override
			public void used(UpstreamStats upstream, long nanos) {
				told.add("used " + upstream.tag() + " " + nanos);
			}

			@Override
			public void swept(long now) {
				told.add("swept " + now);
			}

		});
		events.acquired(stats, 1_000_000);
		events.notAcquired(stats, 7);
		events.connected(stats, 8, true);
		events.used(stats, 3_000_000);
		events.swept(9);
		assertThat(told).containsExactly("acquired orders 1000000 true", "acquired orders 7 false",
				"connected orders 8 true", "used orders 3000000", "swept 9");
		StatsSnapshot snapshot = stats.snapshot(0);
		assertThat(snapshot.acquire().count()).isEqualTo(2);
		assertThat(snapshot.acquire().total()).isEqualTo(Duration.ofMillis(3));
		assertThat(snapshot.usage().total()).isEqualTo(Duration.ofMillis(3));
	}

	@Test
	void everyListenerIsToldOnceUntilItIsRemoved() {
		ConnectionEvents events = new ConnectionEvents();
		List<String> told = new ArrayList<>();
		ConnectionListener first = listener(told, "first");
		events.add(first);
		events.add(first);
		events.add(listener(told, "second"));
		events.swept(1);
		events.remove(first);
		events.swept(2);
		assertThat(told).containsExactly("first 1", "second 1", "second 2");
	}

	private static ConnectionListener listener(List<String> told, String name) {
		return new ConnectionListener() {

			@Override
			public void swept(long now) {
				told.add(name + " " + now);
			}

		};
	}

	@Test
	void snapshotSaysWhatWasConfirmedAndHowOften() {
		FakePool pool = new FakePool();
		Upstream upstream = pool.upstream();
		pool.learnTimeout(upstream, 60_000);
		pool.learnTimeout(upstream, 60_000);
		upstream.learn(new PeerClose(false, 30_000_000_000L, 30_000_000_000L, 3), pool.now());
		pool.judge(upstream);
		UpstreamSnapshot snapshot = upstream.stats().snapshot(pool.now()).members().get(0);
		assertThat(snapshot.confirmedTimeout()).isEqualTo(Duration.ofSeconds(60));
		assertThat(snapshot.timesMeasured()).isEqualTo(2);
		assertThat(snapshot.learnedTimeout()).isEqualTo(Duration.ofSeconds(30));
		StatsSnapshot all = upstream.stats().snapshot(pool.now());
		assertThat(all.withoutMembers().members()).isEmpty();
		assertThat(all.withoutMembers().withMembers(all.members())).isEqualTo(all);
	}

	@Test
	void nothingYetHasNoCounts() {
		StatsSnapshot nothing = StatsSnapshot.nothingYet("orders", 42);
		assertThat(nothing.name()).isEqualTo("orders");
		assertThat(nothing.at()).isEqualTo(42);
		assertThat(nothing.closed()).containsOnlyKeys(CloseReason.values()).containsValue(0L);
		assertThat(nothing.acquire().count()).isZero();
		assertThat(nothing.members()).isEmpty();
	}

	@Test
	void snapshotHoldsWhatWasCounted() {
		UpstreamStats stats = new UpstreamStats("orders");
		stats.refused(Admission.REFUSED);
		stats.expired(Phase.READ);
		stats.drained(DrainOutcome.GIVEN_UP);
		stats.connected(ConnectPhase.DNS, 5_000_000);
		stats.retried(FailureCause.LOST, RetryOutcome.SUCCESS);
		StatsSnapshot snapshot = stats.snapshot(42);
		assertThat(snapshot.name()).isEqualTo("orders");
		assertThat(snapshot.at()).isEqualTo(42);
		assertThat(snapshot.refused()).containsEntry(Admission.REFUSED, 1L).containsEntry(Admission.EXPIRED, 0L);
		assertThat(snapshot.expired()).containsEntry(Phase.READ, 1L);
		assertThat(snapshot.drains()).containsEntry(DrainOutcome.GIVEN_UP, 1L);
		assertThat(snapshot.connect().get(ConnectPhase.DNS).count()).isOne();
		assertThat(snapshot.retries().get(FailureCause.LOST)).containsEntry(RetryOutcome.SUCCESS, 1L);
		assertThat(snapshot.oldest()).isZero();
	}

	private static UpstreamKey key(String host) {
		return new UpstreamKey("http", host, 80, null);
	}

	private static UpstreamSettings named(String name, int maxPerUpstream) {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		return new UpstreamSettings(name,
				new PoolSettings(maxPerUpstream, 1000, defaults.pool().acquireTimeout(), defaults.pool().maxLifetime(),
						0, null),
				defaults.keepAlive(), defaults.timeout(), defaults.retry(), DrainSettings.DEFAULTS,
				ResponseLimits.DEFAULTS, defaults.maxRedirects(), defaults.proxy(), defaults.sslBundle());
	}

}
