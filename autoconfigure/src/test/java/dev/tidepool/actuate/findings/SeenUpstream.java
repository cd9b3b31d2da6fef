package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.tidepool.actuate.findings.Window.Sample;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.Leaks;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.QuietProbe;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.StatsSnapshot;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamSnapshot;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.KeepAliveSource;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.TimeoutSettings;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * The upstream {@code orders}, for which a test says what happens when.
 */
final class SeenUpstream {

	private final List<Sample> samples = new ArrayList<>();

	private final List<UpstreamSnapshot> members = new ArrayList<>();

	private List<Leaks.Place> leakPlaces = List.of();

	private UpstreamSettings settings = named("orders", UpstreamSettings.DEFAULTS);

	private int maxTotal = 1000;

	private Duration trusted = Duration.ofMillis(3750);

	private Upstream upstream;

	private long now;

	private long peak;

	SeenUpstream settings(UnaryOperator<UpstreamSettings> change) {
		this.settings = change.apply(this.settings);
		return this;
	}

	SeenUpstream withoutName() {
		return name(null);
	}

	SeenUpstream name(String name) {
		return settings((settings) -> named(name, settings));
	}

	SeenUpstream maxPerUpstream(int max) {
		return pool(max, 0);
	}

	SeenUpstream minIdle(int minIdle) {
		return pool(this.settings.pool().maxPerUpstream(), minIdle);
	}

	private SeenUpstream pool(int max, int minIdle) {
		return settings(
				(settings) -> with(settings,
						new PoolSettings(max, settings.pool().maxPending(), settings.pool().acquireTimeout(),
								settings.pool().maxLifetime(), minIdle, null),
						settings.keepAlive(), settings.timeout()));
	}

	SeenUpstream keepAlive(KeepAliveSettings keepAlive) {
		return settings((settings) -> with(settings, settings.pool(), keepAlive, settings.timeout()));
	}

	SeenUpstream callTimeout(Duration call) {
		return settings((settings) -> with(settings, settings.pool(), settings.keepAlive(),
				new TimeoutSettings(settings.timeout().connect(), settings.timeout().tlsHandshake(),
						settings.timeout().response(), settings.timeout().read(), call)));
	}

	SeenUpstream maxTotal(int maxTotal) {
		this.maxTotal = maxTotal;
		return this;
	}

	SeenUpstream trustedFor(Duration trusted) {
		this.trusted = trusted;
		return this;
	}

	SeenUpstream member(String host, Duration configured, Duration measured, int times, int maxRequests) {
		this.members.add(new UpstreamSnapshot("orders", new UpstreamKey("http", host, 80, null), configured, measured,
				measured, times, this.trusted, maxRequests, null, Duration.ofSeconds(5), KeepAliveSource.DEFAULT));
		return this;
	}

	SeenUpstream acquired(int times, Duration wait) {
		return times(times, () -> stats().acquired(wait.toNanos()));
	}

	SeenUpstream used(int times, Duration usage) {
		return times(times, () -> stats().used(usage.toNanos()));
	}

	/**
	 * Callers that come while all that may be in use is in use.
	 * @param callers how many
	 * @param ofTotal whether all upstreams together have what they may have
	 */
	SeenUpstream meetTheLimit(int callers, boolean ofTotal) throws InterruptedException {
		Upstream upstream = upstream();
		int max = ofTotal ? this.maxTotal : upstream.lane().max();
		for (int i = 0; i < max; i++) {
			upstream.lane().enter(0);
		}
		for (int i = 0; i < callers; i++) {
			upstream.lane().enter(0);
		}
		for (int i = 0; i < max; i++) {
			upstream.lane().leave();
		}
		return this;
	}

	SeenUpstream refused(int times) {
		return times(times, () -> stats().refused(Admission.EXPIRED));
	}

	SeenUpstream closed(int times, CloseReason reason) {
		return times(times, () -> {
			ConnectionRecord connection = connect();
			connection.closing(reason);
			connection.closed();
		});
	}

	SeenUpstream open(int connections) {
		return times(connections, this::connect);
	}

	SeenUpstream drained(int times, DrainOutcome outcome) {
		return times(times, () -> stats().drained(outcome));
	}

	SeenUpstream retried(int times, RetryOutcome outcome) {
		return times(times, () -> stats().retried(FailureCause.STATUS, outcome));
	}

	SeenUpstream expired(int times, Phase phase) {
		return times(times, () -> stats().expired(phase));
	}

	SeenUpstream connected(int times, ConnectPhase phase, Duration time) {
		return times(times, () -> stats().connected(phase, time.toNanos()));
	}

	SeenUpstream peak(long peak) {
		this.peak = peak;
		return this;
	}

	/**
	 * Some time passes, and a sample is taken at its end.
	 * @param seconds how long
	 */
	SeenUpstream after(int seconds) {
		if (this.samples.isEmpty()) {
			this.samples.add(new Sample(StatsSnapshot.nothingYet("orders", 0), 0));
		}
		this.now += Duration.ofSeconds(seconds).toNanos();
		StatsSnapshot stats = stats().snapshot(this.now);
		StatsSnapshot seen = this.members.isEmpty() ? stats : stats.withMembers(this.members);
		this.samples.add(new Sample(this.leakPlaces.isEmpty() ? seen : withLeakPlaces(seen), this.peak));
		this.peak = 0;
		return this;
	}

	Evidence evidence() {
		return new Evidence(new Window(this.samples), this.settings, this.maxTotal);
	}

	private static SeenUpstream times(SeenUpstream upstream, int times, Runnable action) {
		for (int i = 0; i < times; i++) {
			action.run();
		}
		return upstream;
	}

	private SeenUpstream times(int times, Runnable action) {
		return times(this, times, action);
	}

	SeenUpstream leakedAt(String... places) {
		this.leakPlaces = Stream.of(places).map((place) -> new Leaks.Place(place, 1)).toList();
		return this;
	}

	private StatsSnapshot withLeakPlaces(StatsSnapshot stats) {
		return new StatsSnapshot(stats.name(), stats.at(), stats.active(), stats.idle(), stats.canaries(), stats.max(),
				stats.pending(), stats.waits(), stats.waitsForTotal(), stats.budgetLeft(), stats.opened(),
				stats.closed(), stats.requestsOfClosed(), stats.oldest(), stats.acquire(), stats.usage(),
				stats.refused(), stats.connect(), stats.retries(), stats.expired(), stats.drains(), stats.reuse(),
				stats.suspectedLeaks(), this.leakPlaces, stats.members());
	}

	private ConnectionRecord connect() {
		return upstream().connected(new QuietProbe(), null, this.now);
	}

	private UpstreamStats stats() {
		return upstream().stats();
	}

	private Upstream upstream() {
		if (this.upstream == null) {
			this.upstream = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS,
					Map.of(HostPattern.parse("hosts", "orders"), this.settings)), this.maxTotal, () -> this.now)
				.get(new UpstreamKey("http", "orders", 80, null));
		}
		return this.upstream;
	}

	private static UpstreamSettings named(String name, UpstreamSettings settings) {
		return new UpstreamSettings(name, settings.pool(), settings.keepAlive(), settings.timeout(), settings.retry(),
				settings.drain(), ResponseLimits.DEFAULTS, settings.maxRedirects(), settings.proxy(),
				settings.sslBundle());
	}

	private static UpstreamSettings with(UpstreamSettings settings, PoolSettings pool, KeepAliveSettings keepAlive,
			TimeoutSettings timeout) {
		return new UpstreamSettings(settings.name(), pool, keepAlive, timeout, settings.retry(), settings.drain(),
				ResponseLimits.DEFAULTS, settings.maxRedirects(), settings.proxy(), settings.sslBundle());
	}

}
