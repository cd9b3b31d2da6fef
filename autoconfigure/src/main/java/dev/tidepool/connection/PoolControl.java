package dev.tidepool.connection;

import java.util.NoSuchElementException;

import dev.tidepool.policy.InvalidSettingException;

/**
 * What can be changed about a pool while it is in use. Nothing that is changed here
 * outlives the application.
 */
public interface PoolControl {

	/**
	 * Change {@code max-per-upstream} of one upstream. Raised, it lets pending callers
	 * pass; lowered, idle connections beyond it leave at once, active ones when they are
	 * released. Each host that shares the name gets the limit, those first called later
	 * too.
	 * @param upstream the name, as configured or as {@code host:port}
	 * @param max connections, active and idle
	 * @throws NoSuchElementException if no upstream of that name was configured or called
	 * @throws InvalidSettingException if it is not positive, or above {@code max-total}
	 */
	void maxPerUpstream(String upstream, int max);

	/**
	 * Change {@code max-total}. Raised, it lets pending callers pass; lowered, idle
	 * connections beyond it leave at once, active ones when they are released. Limits of
	 * upstreams above it stay, and count again when it is raised.
	 * @param max connections to all upstreams, active and idle
	 * @throws InvalidSettingException if it is not positive
	 */
	void maxTotal(int max);

	/**
	 * Close the idle connections of one upstream.
	 * @param upstream the name, as configured or as {@code host:port}
	 * @return how many are being closed
	 * @throws NoSuchElementException if no upstream of that name was configured or called
	 */
	int evictIdle(String upstream);

	/**
	 * Close the idle connections of all upstreams.
	 * @return how many are being closed
	 */
	int evictIdle();

}
