package dev.tidepool;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Every meter of Tidepool. The tag {@code upstream}, which all have that are not of the
 * whole application, is the name under {@code tidepool.upstreams}, else
 * {@code host:port}, and {@code other} once 100 names are in use; what upstreams of one
 * name have is added up. Gauges and counters are read from what the pool counts anyway;
 * only timers cost something per call. All of them go with the pool.
 */
public enum TidepoolMeter {

	/**
	 * Established connections, by {@code state}: {@code active} (a caller holds it),
	 * {@code idle} (it waits in the pool) or {@code canary} (it has left the pool, and is
	 * watched until the upstream closes it).
	 */
	CONNECTIONS("tidepool.connections", Type.GAUGE, "connections", "Established connections by state", "state"),

	/**
	 * The most connections that all upstreams may have together, as
	 * {@code tidepool.pool.max-total} says. Not called max total, since Prometheus
	 * reserves the ending {@code _total}.
	 */
	POOL_MAX("tidepool.pool.max", Type.GAUGE, "connections", "Connections that all upstreams may have together"),

	/**
	 * The most connections that the upstream may have.
	 */
	MAX("tidepool.connections.max", Type.GAUGE, "connections", "Connections that the upstream may have"),

	/**
	 * Callers that are waiting for a connection.
	 */
	PENDING("tidepool.connections.pending", Type.GAUGE, "callers", "Callers waiting for a connection"),

	/**
	 * How long callers waited for a connection of the pool, by {@code outcome}:
	 * {@code success} or {@code failure}.
	 */
	ACQUIRE("tidepool.connections.acquire", Type.TIMER, "seconds", "Wait of callers for a connection of the pool",
			"outcome"),

	/**
	 * Callers that were given no connection, by {@code reason}: {@code max-pending} (as
	 * many were waiting as may, so that it was refused at once) or
	 * {@code acquire-timeout} (none became free in time).
	 */
	REFUSED("tidepool.connections.acquire.refused", Type.COUNTER, "callers",
			"Callers that were given no connection, by reason", "reason"),

	/**
	 * For how long callers held a connection: from when they got it until the response
	 * was read or closed.
	 */
	USAGE("tidepool.connections.usage", Type.TIMER, "seconds", "Time for which callers held a connection"),

	/**
	 * How long it took to make a connection, name resolution and TLS included, by
	 * {@code outcome}: {@code success} or {@code failure}.
	 */
	CONNECT("tidepool.connections.connect", Type.TIMER, "seconds",
			"Time to make a connection, name resolution and TLS included", "outcome"),

	/**
	 * How long the parts of making a connection took that succeeded, by {@code phase}:
	 * {@code dns}, {@code tcp} (to the address that answered) or {@code tls}.
	 */
	CONNECT_PHASE("tidepool.connections.connect.phase", Type.TIMER, "seconds",
			"Time of name resolution, TCP connect and TLS handshake apart", "phase"),

	/**
	 * Age of the oldest open connection, zero if there is none.
	 */
	OLDEST("tidepool.connections.oldest", Type.GAUGE, "seconds", "Age of the oldest open connection"),

	/**
	 * Connections that were created. Called opened, since Prometheus reserves the ending
	 * {@code _created}.
	 */
	OPENED("tidepool.connections.opened", Type.COUNTER, "connections", "Connections that were created"),

	/**
	 * Connections that were closed, by {@code reason}: {@code idle}, {@code lifetime},
	 * {@code requests}, {@code peer-closed-idle}, {@code peer-closed-on-reuse},
	 * {@code connection-close}, {@code error}, {@code deadline}, {@code cancelled},
	 * {@code unread-response}, {@code unasked-bytes}, {@code tls-rotated},
	 * {@code shrink}, {@code leak} or {@code shut-down}.
	 */
	CLOSED("tidepool.connections.closed", Type.COUNTER, "connections", "Connections that were closed, by reason",
			"reason"),

	/**
	 * Requests that the closed connections had carried. What one connection carries is
	 * the rate of this by the rate of {@link #CLOSED}.
	 */
	REQUESTS("tidepool.connections.requests", Type.COUNTER, "requests", "Requests that closed connections had carried"),

	/**
	 * Share of the requests, from 0 to 1 and since the start, that met an open connection
	 * and did not have to make one; NaN before the first request.
	 */
	REUSE("tidepool.connections.reuse", Type.GAUGE, "ratio", "Share of requests that met an open connection"),

	/**
	 * For how long an idle connection is kept, by {@code kind}: {@code trusted} (what is
	 * in force, after the last Keep-Alive header where one came), {@code configured} (the
	 * upstream's time-out as configuration has it) or {@code learned} (as its closes have
	 * shown). The smallest of the upstreams of one name; NaN where nothing is known.
	 */
	KEEP_ALIVE("tidepool.keepalive", Type.GAUGE, "seconds",
			"Idle time that is trusted, and the one of the upstream as configured and as learned", "kind"),

	/**
	 * Attempts that failed and were or might have been repeated, by {@code cause}
	 * ({@code connect}, {@code lost}, {@code status}) and {@code outcome}
	 * ({@code success}, {@code failure}, {@code no-attempts-left},
	 * {@code retry-after-too-long}, {@code no-time-left}, {@code no-budget-left}).
	 */
	RETRIES("tidepool.retries", Type.COUNTER, "attempts",
			"Repeats by their outcome, and repeats that were not made by why", "cause", "outcome"),

	/**
	 * Connections that a caller held for longer than
	 * {@code tidepool.pool.leak-detection-threshold}, whether they came back later or
	 * not. Those of responses that were dropped unclosed, and certainly leaked, are
	 * {@link #CLOSED} by the reason {@code leak}, whatever the threshold.
	 */
	LEAKS_SUSPECTED("tidepool.leaks.suspected", Type.COUNTER, "connections",
			"Connections that were held for longer than leak-detection-threshold"),

	/**
	 * Repeats that the upstream's budget has left.
	 */
	RETRY_BUDGET("tidepool.retries.budget", Type.GAUGE, "attempts", "Repeats that the budget has left"),

	/**
	 * Waits that a time-out or the deadline of the call ended, by {@code phase}:
	 * {@code resolve}, {@code connect}, {@code tls-handshake}, {@code request} (writing
	 * it), {@code response} (its head) or {@code read} (its body).
	 */
	EXPIRED("tidepool.deadlines.expired", Type.COUNTER, "waits", "Waits that were ended because their time was over",
			"phase"),

	/**
	 * Responses that were closed before their end, by {@code outcome}: {@code drained}
	 * (the rest was read, and the connection kept) or {@code given-up} (it was too much,
	 * and the connection closed).
	 */
	DRAINS("tidepool.drains", Type.COUNTER, "responses", "Responses that were closed before their end", "outcome"),

	/**
	 * Time since the last sweep for aged connections was complete. There is one each
	 * second at least.
	 */
	SWEEP_AGE("tidepool.sweep.age", Type.GAUGE, "seconds", "Time since the last sweep for aged connections");

	private final String meterName;

	private final Type type;

	private final String unit;

	private final String description;

	private final List<String> tags;

	TidepoolMeter(String meterName, Type type, String unit, String description, String... tags) {
		this.meterName = meterName;
		this.type = type;
		this.unit = unit;
		this.description = description;
		this.tags = List.of(tags);
	}

	/**
	 * The name by which the meter is registered.
	 * @return the name, with dots
	 */
	public String meterName() {
		return this.meterName;
	}

	/**
	 * What kind of meter it is.
	 * @return the type
	 */
	public Type type() {
		return this.type;
	}

	/**
	 * What it counts in.
	 * @return the base unit
	 */
	public String unit() {
		return this.unit;
	}

	/**
	 * What it tells.
	 * @return one sentence without a full stop
	 */
	public String description() {
		return this.description;
	}

	/**
	 * Whether there is one for each upstream, with the tag {@code upstream}.
	 * @return {@code false} for what is of the whole application
	 */
	public boolean isPerUpstream() {
		return this != POOL_MAX && this != SWEEP_AGE;
	}

	/**
	 * What the semantic conventions of OpenTelemetry call the same, for those who know it
	 * from there. The time in a queue is of those for .NET.
	 * @return the name of their metric, or {@code null} if they have none
	 */
	public @Nullable String openTelemetryName() {
		return switch (this) {
			case CONNECTIONS -> "http.client.open_connections";
			case ACQUIRE -> "http.client.request.time_in_queue";
			default -> null;
		};
	}

	/**
	 * The tags beside {@code upstream}.
	 * @return the keys
	 */
	public List<String> tags() {
		return this.tags;
	}

	/**
	 * Kinds of meters.
	 */
	public enum Type {

		/**
		 * A value that goes up and down.
		 */
		GAUGE,

		/**
		 * A value that only grows.
		 */
		COUNTER,

		/**
		 * Durations, with count, sum and maximum.
		 */
		TIMER

	}

}
