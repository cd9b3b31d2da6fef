package dev.tidepool.soak;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import dev.tidepool.bounds.PoolCounts;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The books of both pools, which have to agree with each other, with the upstreams and
 * with the kernel once nobody calls.
 *
 * @param counts of the application
 * @param servers the upstreams
 */
record MixedLedger(PoolCounts counts, MixedServers servers) {

	private static final Duration WIDE = Duration.ofSeconds(30);

	/**
	 * Close what is idle, and wait until all books are even.
	 */
	void settle() {
		PoolControl control = this.counts.context().getBean(PoolControl.class);
		this.counts.stats().forEach((stats) -> control.evictIdle(stats.tag()));
		Awaitility.await().atMost(WIDE).untilAsserted(this::isEven);
	}

	private void isEven() {
		assertThat(this.counts.upstreams().gate().active()).as("active calls").isZero();
		for (MixedUpstream upstream : MixedUpstream.values()) {
			UpstreamStats stats = this.counts.stats(upstream.tag());
			MixedServer server = this.servers.of(upstream);
			int open = stats.connections().size();
			assertThat(stats.pending()).as("pending for %s", upstream).isZero();
			assertThat(stats.connections(State.ACTIVE)).as("active to %s", upstream).isZero();
			assertThat(stats.connections(State.IDLE)).as("idle to %s", upstream).isZero();
			assertThat(stats.created() - PoolCounts.closed(stats)).as("opened and not closed to %s", upstream)
				.isEqualTo(open);
			assertThat(server.open()).as("open at %s", upstream).isEqualTo(open);
			assertThat(Sockets.heldByClients(server.port())).as("sockets to %s", upstream).isEqualTo(open);
		}
		assertThat(this.counts.waiting()).as("on the shelves of the pool").isZero();
		assertThat(this.counts.watched()).as("connections with a deadline to watch").hasSize((int) open());
	}

	long open() {
		return this.counts.open();
	}

	Books books() {
		Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
		for (CloseReason reason : CloseReason.values()) {
			closed.put(reason, this.counts.sum((stats) -> stats.closed(reason)));
		}
		return new Books(this.counts.sum(UpstreamStats::created), open(), closed,
				this.counts.sum(MixedLedger::retries));
	}

	private static long retries(UpstreamStats stats) {
		return Stream.of(FailureCause.values())
			.mapToLong(
					(cause) -> stats.retries(cause, RetryOutcome.SUCCESS) + stats.retries(cause, RetryOutcome.FAILURE))
			.sum();
	}

	/**
	 * What the ledger says of all upstreams together.
	 *
	 * @param opened connections that were opened
	 * @param open connections that are open
	 * @param closed connections that were closed
	 * @param retries attempts after the first of a call
	 */
	record Books(long opened, long open, Map<CloseReason, Long> closed, long retries) {

	}

}
