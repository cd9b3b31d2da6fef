package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.StatsSnapshot;
import dev.tidepool.policy.Durations;
import dev.tidepool.policy.TimeoutSettings;

/**
 * Calls were ended since one phase of them took too long: by the time-out of the
 * upstream, or by a shorter one that their client was given.
 */
final class ExpiredRule implements UpstreamRule {

	/**
	 * Fewer are the calls of one bad moment of the upstream.
	 */
	static final int MIN_CALLS = 10;

	/**
	 * Of all calls. Below, the time-out does what it is for.
	 */
	static final double MIN_SHARE = 0.01;

	private static final String CALL = "timeout.call";

	private final Phase phase;

	private final String id;

	private final String what;

	private final String key;

	private final Function<TimeoutSettings, @Nullable Duration> timeout;

	private ExpiredRule(Phase phase, String id, String what, String key,
			Function<TimeoutSettings, @Nullable Duration> timeout) {
		this.phase = phase;
		this.id = id;
		this.what = what;
		this.key = key;
		this.timeout = timeout;
	}

	static ExpiredRule tlsHandshake() {
		return new ExpiredRule(Phase.TLS_HANDSHAKE, "tls-handshakes-expire", "the TLS handshake was not over",
				"timeout.tls-handshake", TimeoutSettings::tlsHandshake);
	}

	// Only the time of the whole call bounds the writing of a request
	static ExpiredRule request() {
		return new ExpiredRule(Phase.REQUEST, "requests-expire", "the request was not written", CALL,
				TimeoutSettings::call);
	}

	static ExpiredRule response() {
		return new ExpiredRule(Phase.RESPONSE, "responses-expire", "the response had not begun", "timeout.response",
				TimeoutSettings::response);
	}

	static ExpiredRule read() {
		return new ExpiredRule(Phase.READ, "reads-expire", "no more of the response came", "timeout.read",
				TimeoutSettings::read);
	}

	@Override
	public @Nullable Finding check(Evidence evidence) {
		Window window = evidence.window();
		long expired = window.count(StatsSnapshot::expired, this.phase);
		long calls = Math.max(expired, window.calls());
		if (expired < MIN_CALLS || expired < MIN_SHARE * calls) {
			return null;
		}
		TimeoutSettings settings = evidence.settings().timeout();
		Duration timeout = this.timeout.apply(settings);
		Duration call = settings.call();
		boolean ofCall = call != null && (timeout == null || call.compareTo(timeout) < 0);
		Duration bound = ofCall ? call : timeout;
		String property = evidence.property(ofCall ? CALL : this.key);
		return evidence.finding(this.id,
				"%s of the calls to %s (%d) were ended because %s in time (p99 of all calls: %s): make the upstream faster, or raise %s%s"
					.formatted(Text.share(expired, calls), evidence.upstream(), expired, this.what,
							Text.time(window.latencies(StatsSnapshot::usage).quantile(0.99)), property,
							(bound != null) ? " (" + Durations.display(bound) + ")" : ""),
				property, null);
	}

}
