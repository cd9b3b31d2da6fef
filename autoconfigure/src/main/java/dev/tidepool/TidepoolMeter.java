package dev.tidepool;

import java.util.List;

/**
 * Every meter of Tidepool. The tag {@code upstream}, which all of them have, is the name
 * under {@code tidepool.upstreams}, else {@code host:port}, and {@code other} once 100
 * names are in use. They are read from what the pool counts anyway, and go with the pool.
 */
public enum TidepoolMeter {

	/**
	 * Established connections, by {@code state}: {@code active} (a caller holds it),
	 * {@code idle} (it waits in the pool) or {@code canary} (it has left the pool, and is
	 * watched until the upstream closes it).
	 */
	CONNECTIONS("tidepool.connections", Type.GAUGE, "connections", "Established connections by state", "state"),

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
	 * Connections that were created. Called opened, since Prometheus reserves the ending
	 * {@code _created}.
	 */
	OPENED("tidepool.connections.opened", Type.COUNTER, "connections", "Connections that were created"),

	/**
	 * Connections that were closed, by {@code reason}: {@code idle}, {@code lifetime},
	 * {@code requests}, {@code peer-closed-idle}, {@code peer-closed-on-reuse},
	 * {@code connection-close}, {@code error}, {@code deadline}, {@code unread-response},
	 * {@code unasked-bytes}, {@code tls-rotated}, {@code shrink}, {@code leak} or
	 * {@code shut-down}.
	 */
	CLOSED("tidepool.connections.closed", Type.COUNTER, "connections", "Connections that were closed, by reason",
			"reason"),

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
	RETRY_BUDGET("tidepool.retries.budget", Type.GAUGE, "attempts", "Repeats that the budget has left");

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
