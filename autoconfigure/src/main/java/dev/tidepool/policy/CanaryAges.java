package dev.tidepool.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * At which ages an upstream closed the latest canaries. Many upstreams look for idle
 * connections once a second only (Tomcat, lighttpd), and so close them at any age within
 * a second or two from the time-out on: the next one may be closed earlier than this one.
 *
 * @param nanos the ages, the latest last
 */
record CanaryAges(List<Long> nanos) {

	static final CanaryAges NONE = new CanaryAges(List.of());

	/**
	 * With so many it is unlikely that the longer ones hide the time-out.
	 */
	private static final int MOST = 8;

	/**
	 * Ages that differ by more are of a time-out that has changed.
	 */
	private static final long WIDEST = TimeUnit.SECONDS.toNanos(2);

	/**
	 * So are ages that differ by more than this and are more than twice as long.
	 */
	private static final long WIDE = TimeUnit.MILLISECONDS.toNanos(1250);

	/**
	 * Ages that differ by less are the same: how exactly a canary measures, and then
	 * some.
	 */
	private static final long SAME = TimeUnit.MILLISECONDS.toNanos(75);

	CanaryAges {
		nanos = List.copyOf(nanos);
	}

	CanaryAges with(long age) {
		List<Long> ages = new ArrayList<>(this.nanos);
		if (!ages.isEmpty() && isChange(ages.get(ages.size() - 1), age)) {
			ages.clear();
		}
		ages.add(age);
		return new CanaryAges(ages.subList(Math.max(0, ages.size() - MOST), ages.size()));
	}

	private static boolean isChange(long before, long age) {
		long difference = Math.abs(before - age);
		return difference > WIDEST || (difference > WIDE && difference > Math.min(before, age));
	}

	/**
	 * What a time-out can be at most. The shortest age alone is no evidence: a restart
	 * may have been its cause.
	 * @param timeout the time-out, or {@link KeepAliveEstimate#UNKNOWN}
	 * @return the time-out or, if several canaries were closed earlier, their age
	 */
	long bound(long timeout) {
		if (this.nanos.size() < 2) {
			return timeout;
		}
		long shortest = this.nanos.stream().sorted().skip(1).findFirst().orElseThrow();
		return (timeout - shortest > SAME) ? shortest : timeout;
	}

}
