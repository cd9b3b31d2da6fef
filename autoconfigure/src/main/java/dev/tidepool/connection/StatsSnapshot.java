package dev.tidepool.connection;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.policy.FailureCause;

/**
 * What is known of the upstreams of one name at one moment. Counts are since the start.
 *
 * @param name the name
 * @param at when, on the monotonic clock
 * @param active connections that callers hold
 * @param idle connections that wait in the pool
 * @param canaries connections that are watched until the upstream closes them
 * @param max the most connections that it may have
 * @param pending callers that wait
 * @param waits callers that did not get a connection at once
 * @param waitsForTotal those of them that met max-total at its limit
 * @param budgetLeft repeats that the budget has left
 * @param opened connections that were made
 * @param closed connections that were closed, by reason
 * @param requestsOfClosed requests that these had carried
 * @param oldest age of the oldest connection that is open, zero if none is
 * @param acquire waits for a connection that was had in the end
 * @param usage times for which callers held one
 * @param refused callers that got none
 * @param connect connects by phase
 * @param retries repeats
 * @param expired waits that were ended, by phase
 * @param drains responses that were closed before their end
 * @param reuse share of the requests that met an open connection, NaN before the first
 * @param suspectedLeaks connections that were held for longer than
 * leak-detection-threshold
 * @param leakPlaces where these, and those that were never given back, were taken
 * @param members what is believed of each address
 */
public record StatsSnapshot(String name, long at, int active, int idle, int canaries, long max, long pending,
		long waits, long waitsForTotal, long budgetLeft, long opened, Map<CloseReason, Long> closed,
		long requestsOfClosed, Duration oldest, Latencies acquire, Latencies usage, Map<Admission, Long> refused,
		Map<ConnectPhase, Latencies> connect, Map<FailureCause, Map<RetryOutcome, Long>> retries,
		Map<Phase, Long> expired, Map<DrainOutcome, Long> drains, double reuse, long suspectedLeaks,
		List<Leaks.Place> leakPlaces, List<UpstreamSnapshot> members) {

	/**
	 * Before anything happened.
	 * @param name the name
	 * @param at when, on the monotonic clock
	 * @return zeros
	 */
	public static StatsSnapshot nothingYet(String name, long at) {
		return new UpstreamStats(name).snapshot(at);
	}

	/**
	 * The counts alone, to be kept for a while: one name may have thousands of addresses.
	 * @return a copy without members
	 */
	public StatsSnapshot withoutMembers() {
		return withMembers(List.of());
	}

	/**
	 * The same counts.
	 * @param members what is believed of each address
	 * @return a copy with these members
	 */
	public StatsSnapshot withMembers(List<UpstreamSnapshot> members) {
		return new StatsSnapshot(this.name, this.at, this.active, this.idle, this.canaries, this.max, this.pending,
				this.waits, this.waitsForTotal, this.budgetLeft, this.opened, this.closed, this.requestsOfClosed,
				this.oldest, this.acquire, this.usage, this.refused, this.connect, this.retries, this.expired,
				this.drains, this.reuse, this.suspectedLeaks, this.leakPlaces, members);
	}

}
