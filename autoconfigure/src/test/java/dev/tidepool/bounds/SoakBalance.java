package dev.tidepool.bounds;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The books of the pool, which have to agree with each other, with HttpClient's pool and
 * with the upstreams once nobody calls.
 *
 * @param counts of the application
 * @param servers the upstreams
 */
record SoakBalance(PoolCounts counts, SoakServers servers) {

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
		assertThat(this.counts.upstreams().gate().active()).as("active in total").isZero();
		for (UpstreamStats stats : this.counts.stats()) {
			assertThat(stats.connections(State.ACTIVE)).as("active connections to %s", stats.tag()).isZero();
			assertThat(stats.pending()).as("pending for %s", stats.tag()).isZero();
			for (Upstream upstream : stats.members()) {
				assertThat(upstream.lane().active()).as("passed to %s", upstream).isZero();
			}
		}
	}

	private void assertPoolHoldsWhatIsIdle() {
		assertThat(this.counts.waiting()).as("on the shelves of the pool").isEqualTo((int) count(State.IDLE));
		assertThat(this.counts.watched()).as("connections with a deadline to watch").hasSize((int) open());
	}

	private void assertServersHoldWhatIsOpen() {
		for (Map.Entry<SoakUpstream, ScriptedServer> entry : this.servers.all().entrySet()) {
			UpstreamStats stats = this.counts.stats(entry.getKey().name());
			long open = stats.connections().size();
			assertThat(stats.connections(State.IDLE) + stats.connections(State.CANARY)).isEqualTo(open);
			assertThat(stats.created() - PoolCounts.closed(stats)).as("opened and not closed to %s", stats.tag())
				.isEqualTo(open);
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
		return this.counts.sum((stats) -> stats.closed(reason));
	}

	long opened() {
		return this.counts.sum(UpstreamStats::created);
	}

	long open() {
		return this.counts.open();
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
		return this.counts.sum((stats) -> stats.connections(state));
	}

}
