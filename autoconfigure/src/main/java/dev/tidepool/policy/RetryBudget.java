package dev.tidepool.policy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A token bucket that bounds what repeats add to the load of an upstream in trouble. Each
 * call adds a share of a token and each second some more; each repeat takes one. Full at
 * start. A call costs one striped increment: the rest is worked out when a repeat asks.
 */
public final class RetryBudget {

	/**
	 * How much unused allowance is kept for a bad moment, in seconds of
	 * {@code min-per-second}.
	 */
	private static final int BURST_SECONDS = 10;

	private static final double SMALLEST_CAPACITY = 10;

	private final LongAdder calls = new LongAdder();

	private final double ratio;

	private final int minPerSecond;

	private final double capacity;

	private double tokens;

	private long callsSeen;

	private long refilledAt;

	public RetryBudget(BudgetSettings settings, long now) {
		this.ratio = settings.ratio();
		this.minPerSecond = settings.minPerSecond();
		this.capacity = (this.ratio == 0 && this.minPerSecond == 0) ? 0
				: Math.max(SMALLEST_CAPACITY, (double) BURST_SECONDS * this.minPerSecond);
		this.tokens = this.capacity;
		this.refilledAt = now;
	}

	/**
	 * Count a call, its repeats not included.
	 */
	public void call() {
		this.calls.increment();
	}

	/**
	 * Take what a repeat costs.
	 * @param now the monotonic clock, in nanoseconds
	 * @return whether there was enough
	 */
	public synchronized boolean tryTake(long now) {
		refill(now);
		if (this.tokens < 1) {
			return false;
		}
		this.tokens -= 1;
		return true;
	}

	/**
	 * How many repeats could be made at once.
	 * @param now the monotonic clock, in nanoseconds
	 * @return whole tokens left
	 */
	public synchronized long left(long now) {
		refill(now);
		return (long) this.tokens;
	}

	private void refill(long now) {
		long callsNow = this.calls.sum();
		// Callers read the clock before they wait for each other here
		long elapsed = Math.max(0, now - this.refilledAt);
		double seconds = elapsed / (double) TimeUnit.SECONDS.toNanos(1);
		double added = (callsNow - this.callsSeen) * this.ratio + seconds * this.minPerSecond;
		this.tokens = Math.min(this.capacity, this.tokens + added);
		this.callsSeen = callsNow;
		this.refilledAt += elapsed;
	}

}
