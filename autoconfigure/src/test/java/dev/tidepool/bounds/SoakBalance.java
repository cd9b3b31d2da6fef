package dev.tidepool.bounds;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.pool.PoolStats;
import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import dev.tidepool.classic.ClassicPool;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The books of the pool, which have to agree with each other, with HttpClient's pool and
 * with the upstreams once nobody calls.
 *
 * @param context the application
 * @param servers the upstreams
 */
record SoakBalance(ApplicationContext context, SoakServers servers) {

	private static final Duration WIDE = Duration.ofSeconds(30);

	/**
	 * Wait until all books are even.
	 * @param leaks responses that nobody closed
	 */
	void await(int leaks) {
		Awaitility.await().atMost(WIDE).untilAsserted(() -> {
			System.gc();
			assertThat(closed(CloseReason.LEAK)).as("connections of dropped responses").isEqualTo(leaks);
			assertNobodyIsThere();
			assertPoolHoldsWhatIsIdle();
			assertServersHoldWhatIsOpen();
		});
	}

	private void assertNobodyIsThere() {
		assertThat(upstreams().gate().active()).as("active in total").isZero();
		for (UpstreamStats stats : stats()) {
			assertThat(stats.connections(State.ACTIVE)).as("active connections to %s", stats.tag()).isZero();
			assertThat(stats.pending()).as("pending for %s", stats.tag()).isZero();
			for (Upstream upstream : stats.members()) {
				assertThat(upstream.lane().active()).as("passed to %s", upstream).isZero();
			}
		}
	}

	private void assertPoolHoldsWhatIsIdle() {
		PoolStats pool = pool();
		assertThat(pool.getLeased()).as("leased from HttpClient's pool").isZero();
		assertThat(pool.getPending()).as("pending at HttpClient's pool").isZero();
		assertThat(pool.getAvailable()).as("available in HttpClient's pool").isEqualTo(count(State.IDLE));
		assertThat(watched()).as("connections with a deadline to watch").hasSize((int) open());
	}

	private void assertServersHoldWhatIsOpen() {
		for (Map.Entry<SoakUpstream, ScriptedServer> entry : this.servers.all().entrySet()) {
			UpstreamStats stats = statsOf(entry.getKey());
			long open = stats.connections().size();
			assertThat(stats.connections(State.IDLE) + stats.connections(State.CANARY)).isEqualTo(open);
			assertThat(stats.created() - closed(stats)).as("opened and not closed to %s", stats.tag()).isEqualTo(open);
			assertThat(entry.getValue().open()).as("open at %s", stats.tag()).isEqualTo(open);
			assertThat(Sockets.heldByClients(entry.getValue().port())).as("sockets to %s", stats.tag()).isEqualTo(open);
		}
	}

	/**
	 * Connections that were closed.
	 * @param reason why
	 * @return how many
	 */
	long closed(CloseReason reason) {
		return stats().stream().mapToLong((stats) -> stats.closed(reason)).sum();
	}

	long opened() {
		return stats().stream().mapToLong(UpstreamStats::created).sum();
	}

	long open() {
		return stats().stream().mapToLong((stats) -> stats.connections().size()).sum();
	}

	/**
	 * The threads of the pool.
	 * @return their names
	 */
	static Stream<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("tidepool-"));
	}

	private long count(State state) {
		return stats().stream().mapToLong((stats) -> stats.connections(state)).sum();
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

	private UpstreamStats statsOf(SoakUpstream upstream) {
		return stats().stream().filter((stats) -> stats.tag().equals(upstream.name())).findFirst().orElseThrow();
	}

	private Collection<UpstreamStats> stats() {
		return upstreams().stats();
	}

	private Upstreams upstreams() {
		return this.context.getBean(Upstreams.class);
	}

}
