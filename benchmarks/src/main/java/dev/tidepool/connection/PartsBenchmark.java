package dev.tidepool.connection;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

import dev.tidepool.policy.AttemptFailure;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.KeepAlivePolicy;
import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.RetryAfter;
import dev.tidepool.policy.RetryDecision;
import dev.tidepool.policy.RetryPolicy;
import dev.tidepool.policy.RetrySettings;

/**
 * What the parts of a call cost that are pure: no network, no pool around them.
 */
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class PartsBenchmark {

	private final AdmissionGate gate = new AdmissionGate(1000, System::nanoTime);

	private final AdmissionGate.Lane lane = this.gate.lane(200, 1000);

	private final RetryPolicy retry = new RetryPolicy(RetrySettings.DEFAULTS);

	private final AttemptFailure failure = new AttemptFailure(FailureCause.LOST, true, true, true, true, 1,
			RetryAfter.NONE, Long.MAX_VALUE);

	private final KeepAlivePolicy keepAlive = new KeepAlivePolicy(KeepAliveSettings.DEFAULTS);

	private long header = TimeUnit.SECONDS.toNanos(60);

	private long learned = TimeUnit.SECONDS.toNanos(75);

	private final FakePool pool = new FakePool();

	private final UpstreamKey key = this.pool.upstream().key();

	/**
	 * The gate, for one caller.
	 * @return whether it passed
	 */
	@Benchmark
	public boolean gateEnterAndLeave() {
		return enterAndLeave();
	}

	/**
	 * The gate, for two callers at once.
	 * @return whether one of them passed
	 */
	@Benchmark
	@Threads(2)
	public boolean gateEnterAndLeaveByTwo() {
		return enterAndLeave();
	}

	private boolean enterAndLeave() {
		boolean entered = this.lane.tryEnter();
		if (entered) {
			this.lane.leave();
		}
		return entered;
	}

	/**
	 * The ledger, from lease to return.
	 * @param idle the connection
	 * @return whether it may be used again
	 */
	@Benchmark
	public boolean ledgerLeaseAndReturn(OneIdle idle) {
		idle.pool.lease(idle.connection);
		idle.pool.serve(idle.connection);
		return idle.pool.goBack(idle.connection);
	}

	/**
	 * What is decided after a loss.
	 * @return the decision
	 */
	@Benchmark
	public RetryDecision retryDecision() {
		return this.retry.decide(this.failure, 0.5);
	}

	/**
	 * What an upstream asks for that wants no call before a number of seconds has passed.
	 * @return nanoseconds
	 */
	@Benchmark
	public long retryAfterSeconds() {
		return RetryAfter.nanos("120", Instant.EPOCH);
	}

	/**
	 * For how long a response allows its connection to be idle.
	 * @return nanoseconds
	 */
	@Benchmark
	public long keepAliveHeader() {
		return KeepAlivePolicy.headerNanos("timeout=5, max=100");
	}

	/**
	 * For how long a connection is trusted, from what was said and what was learned.
	 * @return nanoseconds
	 */
	@Benchmark
	public long trustedAge() {
		return this.keepAlive.trustedNanos(this.header, this.learned);
	}

	/**
	 * The state of an upstream by its address.
	 * @return the upstream
	 */
	@Benchmark
	public Upstream upstreamByAddress() {
		return this.pool.upstreams().get(this.key);
	}

	/**
	 * A connection of the thread's own.
	 */
	@State(Scope.Thread)
	public static class OneIdle {

		final FakePool pool = new FakePool();

		final ConnectionRecord connection = this.pool.idle(new FakeProbe(), 1);

	}

}
