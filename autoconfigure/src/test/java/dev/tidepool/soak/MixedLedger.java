package dev.tidepool.soak;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.pool.PoolStats;
import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import dev.tidepool.classic.ClassicPool;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The books of both pools, which have to agree with each other, with the upstreams and
 * with the kernel once nobody calls.
 *
 * @param context the application
 * @param servers the upstreams
 */
record MixedLedger(ApplicationContext context, MixedServers servers) {

	private static final Duration WIDE = Duration.ofSeconds(30);

	/**
	 * Close what is idle, and wait until all books are even.
	 */
	void settle() {
		stats().forEach((stats) -> this.context.getBean(PoolControl.class).evictIdle(stats.tag()));
		Awaitility.await().atMost(WIDE).untilAsserted(this::isEven);
	}

	private void isEven() {
		assertThat(upstreams().gate().active()).as("active calls").isZero();
		for (MixedUpstream upstream : MixedUpstream.values()) {
			UpstreamStats stats = statsOf(upstream);
			MixedServer server = this.servers.of(upstream);
			int open = stats.connections().size();
			assertThat(stats.pending()).as("pending for %s", upstream).isZero();
			assertThat(stats.connections(State.ACTIVE)).as("active to %s", upstream).isZero();
			assertThat(stats.connections(State.IDLE)).as("idle to %s", upstream).isZero();
			assertThat(stats.created() - closed(stats)).as("opened and not closed to %s", upstream).isEqualTo(open);
			assertThat(server.open()).as("open at %s", upstream).isEqualTo(open);
			assertThat(Sockets.heldByClients(server.port())).as("sockets to %s", upstream).isEqualTo(open);
		}
		PoolStats pool = pool();
		assertThat(pool.getLeased() + pool.getPending() + pool.getAvailable()).as("in HttpClient's pool").isZero();
		assertThat(watched()).as("connections with a deadline to watch").hasSize((int) open());
	}

	long open() {
		return sum((stats) -> stats.connections().size());
	}

	Books books() {
		Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
		for (CloseReason reason : CloseReason.values()) {
			closed.put(reason, sum((stats) -> stats.closed(reason)));
		}
		return new Books(sum(UpstreamStats::created), open(), closed, sum(MixedLedger::retries));
	}

	private static long retries(UpstreamStats stats) {
		return Stream.of(FailureCause.values())
			.mapToLong(
					(cause) -> stats.retries(cause, RetryOutcome.SUCCESS) + stats.retries(cause, RetryOutcome.FAILURE))
			.sum();
	}

	private long sum(ToLongFunction<UpstreamStats> value) {
		return stats().stream().mapToLong(value).sum();
	}

	private static long closed(UpstreamStats stats) {
		return Arrays.stream(CloseReason.values()).mapToLong(stats::closed).sum();
	}

	private PoolStats pool() {
		return ((PoolingHttpClientConnectionManager) ReflectionTestUtils
			.getField(this.context.getBean(ClassicPool.class), "connections")).getTotalStats();
	}

	private Collection<?> watched() {
		return (Collection<?>) ReflectionTestUtils.getField(this.context.getBean(SharedPool.class).deadlines(),
				"watched");
	}

	private UpstreamStats statsOf(MixedUpstream upstream) {
		return stats().stream().filter((stats) -> stats.tag().equals(upstream.tag())).findFirst().orElseThrow();
	}

	private Collection<UpstreamStats> stats() {
		return upstreams().stats();
	}

	private Upstreams upstreams() {
		return this.context.getBean(Upstreams.class);
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
