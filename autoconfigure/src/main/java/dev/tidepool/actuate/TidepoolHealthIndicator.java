package dev.tidepool.actuate;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamState;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.HealthSettings;

/**
 * Shows the state of each upstream, and is down with those that the application cannot do
 * without. Calls nobody: what it knows is what the latest calls have shown.
 */
@RegisterReflectionForBinding(TidepoolHealthIndicator.UpstreamDetails.class)
public final class TidepoolHealthIndicator extends AbstractHealthIndicator {

	private final Upstreams upstreams;

	private final HealthSettings settings;

	public TidepoolHealthIndicator(Upstreams upstreams, HealthSettings settings) {
		super("The state of the connection pool is not known");
		this.upstreams = upstreams;
		this.settings = settings;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		long now = this.upstreams.clock().nanoTime();
		Map<String, UpstreamDetails> details = new TreeMap<>();
		builder.up();
		for (UpstreamStats stats : this.upstreams.stats()) {
			UpstreamState state = stats.state(now);
			details.put(stats.tag(), new UpstreamDetails(state.name().toLowerCase(Locale.ROOT),
					stats.connections(State.ACTIVE), stats.connections(State.IDLE), stats.pending(), stats.max()));
			if (isDown(stats.tag(), state)) {
				builder.down();
			}
		}
		builder.withDetail("upstreams", details);
	}

	private boolean isDown(String upstream, UpstreamState state) {
		return switch (state) {
			case OK -> false;
			case SATURATED -> this.settings.downWhenSaturated(upstream);
			case UNREACHABLE -> this.settings.downWhenUnreachable(upstream);
		};
	}

	/**
	 * What is shown of an upstream.
	 *
	 * @param state {@code ok}, {@code saturated} or {@code unreachable}
	 * @param active connections that callers hold
	 * @param idle connections that wait in the pool
	 * @param pending callers that wait
	 * @param max connections that there may be
	 */
	record UpstreamDetails(String state, long active, long idle, long pending, long max) {

	}

}
