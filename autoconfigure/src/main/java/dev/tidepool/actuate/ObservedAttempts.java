package dev.tidepool.actuate;

import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;

import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.FailedAttempt;
import dev.tidepool.connection.UpstreamStats;

/**
 * Makes each attempt that is followed by another an event of its call's observation, and
 * so of its span, where there is tracing: the observation itself ends with the last one,
 * and would look like one slow request. Does nothing for a call that is not repeated.
 */
public final class ObservedAttempts implements ConnectionListener {

	/**
	 * The request attribute that has the observation of a call whose attempts do not end
	 * on its caller's thread.
	 */
	public static final String OBSERVATION = "dev.tidepool.observation";

	private static final String EVENT = "attempt.failed";

	private final ObservationRegistry registry;

	/**
	 * Create a listener.
	 * @param registry where the observation is found of a caller that blocks
	 */
	public ObservedAttempts(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void repeats(UpstreamStats upstream, FailedAttempt failed, Map<String, ?> attributes) {
		Observation observation = (attributes.get(OBSERVATION) instanceof Observation own) ? own
				: this.registry.getCurrentObservation();
		// Not what a client that is not observed is called within
		if (observation != null && observation.getContext() instanceof SenderContext<?>) {
			observation.event(Observation.Event.of(EVENT, describe(upstream, failed)));
		}
	}

	private static String describe(UpstreamStats upstream, FailedAttempt failed) {
		String outcome = (failed.status() != 0) ? "status " + failed.status() : failed.cause().tag();
		return "attempt %d to %s failed: %s".formatted(failed.number(), upstream.tag(), outcome);
	}

}
