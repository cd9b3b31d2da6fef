package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The leases of the upstreams of one tag that may become leaks, and the places that have
 * leaked. Empty, unless leak-detection-threshold is set.
 */
public final class Leaks {

	/**
	 * Places that are remembered, those seen last: few places leak in one application,
	 * and one that leaks is seen again.
	 */
	static final int MAX_PLACES = 10;

	private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

	private final LongAdder suspected = new LongAdder();

	// In the order in which they were seen last
	private final Map<String, Long> places = new LinkedHashMap<>(16, 0.75f, true);

	Leaks() {
	}

	/**
	 * How many leases have been held for longer than the threshold, those included that
	 * ended later.
	 * @return the number
	 */
	public long suspected() {
		return this.suspected.sum();
	}

	/**
	 * Where connections were taken that were held for too long or never given back.
	 * @return the places, the one seen last first
	 */
	public List<Place> places() {
		List<Place> places = new ArrayList<>();
		synchronized (this.places) {
			this.places.forEach((place, count) -> places.add(0, new Place(place, count)));
		}
		return places;
	}

	void add(Lease lease) {
		this.leases.add(lease);
	}

	void remove(Lease lease) {
		this.leases.remove(lease);
	}

	void suspected(String place) {
		this.suspected.increment();
		seen(place);
	}

	void seen(String place) {
		synchronized (this.places) {
			this.places.merge(place, 1L, Long::sum);
			if (this.places.size() > MAX_PLACES) {
				this.places.remove(this.places.keySet().iterator().next());
			}
		}
	}

	/**
	 * Report what has been held for too long. Only for the sweeper.
	 * @param now the monotonic clock
	 * @return nanoseconds until the next lease will have been
	 */
	long sweep(long now) {
		long next = Long.MAX_VALUE;
		for (Lease lease : this.leases) {
			next = Math.min(next, lease.suspect(now));
		}
		return next;
	}

	/**
	 * Where connections were taken.
	 *
	 * @param where class, method and line of the application
	 * @param count how many were
	 */
	public record Place(String where, long count) {

	}

}
