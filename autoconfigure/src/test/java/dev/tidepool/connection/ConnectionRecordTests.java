package dev.tidepool.connection;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * The life of a connection, and the reason that its end is counted under.
 */
class ConnectionRecordTests {

	private final Upstream upstream = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 1000,
			new ManualClock(0))
		.get(new UpstreamKey("http", "orders", 80, null));

	private final UpstreamStats stats = this.upstream.stats();

	private final ConnectionRecord connection = this.upstream.connected(new QuietProbe(), null, 0);

	@Test
	void connectionIsActiveThenIdleThenGone() {
		assertThat(this.connection.upstream()).isSameAs(this.upstream);
		assertThat(this.connection.state()).isEqualTo(State.ACTIVE);
		goBack(this.connection, 0);
		assertThat(this.connection.state()).isEqualTo(State.IDLE);
		assertThat(this.connection.lease(0, false)).isTrue();
		assertThat(this.connection.state()).isEqualTo(State.ACTIVE);
		this.connection.closed();
		assertThat(this.connection.state()).isEqualTo(State.CLOSED);
	}

	@Test
	void onlyTheFirstRequestFindsTheConnectionNew() {
		assertThat(this.connection.requestStarts()).isFalse();
		this.connection.responseStarts();
		goBack(this.connection, 0);
		this.connection.lease(0, false);
		assertThat(this.connection.requestStarts()).isTrue();
		assertThat(this.connection.requestStarts()).isTrue();
	}

	@ParameterizedTest(name = "{0} -> {1}")
	@MethodSource
	void endWithoutANotedReasonIsExplainedByTheProgress(String life, CloseReason reason,
			Consumer<ConnectionRecord> steps) {
		steps.accept(this.connection);
		this.connection.closed();
		assertClosedOnce(reason);
	}

	static Stream<Arguments> endWithoutANotedReasonIsExplainedByTheProgress() {
		return Stream.of(life("never used", CloseReason.ERROR, (connection) -> {
		}), life("idle, never used", CloseReason.ERROR, (connection) -> goBack(connection, 0)),
				life("first request lost", CloseReason.ERROR, ConnectionRecord::requestStarts),
				life("second request lost", CloseReason.PEER_CLOSED_ON_REUSE, (connection) -> {
					exchange(connection);
					connection.lease(0, false);
					connection.requestStarts();
				}), life("third request lost", CloseReason.PEER_CLOSED_ON_REUSE, (connection) -> {
					exchange(connection);
					exchange(connection);
					connection.requestStarts();
				}), life("in the first response", CloseReason.UNREAD_RESPONSE, (connection) -> {
					connection.requestStarts();
					connection.responseStarts();
				}), life("in the second response", CloseReason.UNREAD_RESPONSE, (connection) -> {
					exchange(connection);
					connection.requestStarts();
					connection.responseStarts();
				}), life("idle", CloseReason.SHRINK, ConnectionRecordTests::exchange),
				life("idle, trusted yet", CloseReason.SHRINK, (connection) -> {
					connection.trust(10);
					exchange(connection);
					connection.sweep(9, Long.MAX_VALUE);
				}), life("idle, aged out", CloseReason.IDLE, (connection) -> {
					connection.trust(10);
					exchange(connection);
					connection.sweep(10, Long.MAX_VALUE);
				}), life("leased again, no request yet", CloseReason.SHRINK, (connection) -> {
					exchange(connection);
					connection.lease(0, false);
				}));
	}

	@ParameterizedTest
	@MethodSource("reasons")
	void notedReasonGoesBeforeTheProgress(CloseReason reason) {
		exchange(this.connection);
		this.connection.requestStarts();
		this.connection.closing(reason);
		assertThat(this.connection.isClosing(reason)).isTrue();
		this.connection.closed();
		assertClosedOnce(reason);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "CONNECTION_CLOSE")
	void firstReasonStays(CloseReason first) {
		this.connection.closing(first);
		for (CloseReason later : CloseReason.values()) {
			this.connection.closing(later);
		}
		assertThat(CloseReason.values()).filteredOn(this.connection::isClosing).containsExactly(first);
		this.connection.closed();
		assertClosedOnce(first);
	}

	@ParameterizedTest
	@MethodSource("reasons")
	void announcedCloseIsNoReasonOnceAnotherEndsTheExchange(CloseReason reason) {
		this.connection.requestStarts();
		this.connection.responseStarts();
		this.connection.closing(CloseReason.CONNECTION_CLOSE);
		this.connection.closing(reason);
		this.connection.closing(CloseReason.CONNECTION_CLOSE);
		this.connection.closed();
		assertClosedOnce(reason);
	}

	static Stream<CloseReason> reasons() {
		return Stream.of(CloseReason.values());
	}

	@Test
	void noReasonIsThereUntilOneIsNoted() {
		assertThat(CloseReason.values()).noneMatch(this.connection::isClosing);
	}

	@Test
	void endIsCountedOnlyOnceWhateverFollows() {
		exchange(this.connection);
		this.connection.closing(CloseReason.DEADLINE);
		this.connection.closed();
		this.connection.closing(CloseReason.SHUT_DOWN);
		this.connection.closed();
		// A caller that gives back what shutdown closed
		goBack(this.connection, 0);
		this.connection.lease(0, false);
		this.connection.closed();
		assertClosedOnce(CloseReason.DEADLINE);
	}

	@Test
	void endIsCountedOnlyOnceByManyThreads() throws Exception {
		for (int round = 0; round < 200; round++) {
			ConnectionRecord shared = this.upstream.connected(new QuietProbe(), null, 0);
			CloseReason[] reasons = CloseReason.values();
			List<Boolean> first = Together.run(4, (thread) -> () -> {
				shared.closing(reasons[thread]);
				shared.closed();
				return shared.isClosing(reasons[thread]);
			});
			assertThat(first).containsOnlyOnce(true);
		}
		assertThat(Stream.of(CloseReason.values()).mapToLong(this.stats::closed).sum()).isEqualTo(200);
		assertThat(this.stats.created()).isEqualTo(201);
		assertThat(this.stats.connections(State.ACTIVE)).as("the one of the test itself").isOne();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1_000_000, -7, Long.MAX_VALUE - 3, Long.MIN_VALUE })
	void trustRunsOutOnAnyClock(long start) {
		ConnectionRecord connection = this.upstream.connected(new QuietProbe(), null, start);
		connection.trust(100);
		assertThat(goBack(connection, start)).isEqualTo(start + 100);
		assertThat(connection.sweep(start, 1000)).isEqualTo(100);
		assertThat(connection.sweep(start + 99, 1000)).isOne();
		assertThat(connection.isClosing(CloseReason.IDLE)).isFalse();
		assertThat(connection.sweep(start + 100, 1000)).isZero();
		assertThat(connection.isClosing(CloseReason.IDLE)).isTrue();
	}

	@Test
	void trustIsCountedFromTheLatestExchange() {
		this.connection.trust(100);
		goBack(this.connection, 0);
		this.connection.lease(50, false);
		this.connection.trust(30);
		assertThat(goBack(this.connection, 90)).isEqualTo(120);
		assertThat(this.connection.sweep(100, 1000)).isEqualTo(20);
	}

	@Test
	void whatServedNoRequestHasAnAgeOfItsOwn() {
		assertThat(goBack(this.connection, 5)).isEqualTo(5 + ConnectionRecord.UNUSED_TRUST);
	}

	private void assertClosedOnce(CloseReason reason) {
		assertThat(this.stats.closed(reason)).as("closed by %s", reason).isOne();
		assertThat(EnumSet.complementOf(EnumSet.of(reason))).allMatch((other) -> this.stats.closed(other) == 0);
		assertThat(State.values()).allMatch((state) -> this.stats.connections(state) == 0);
		assertThat(this.stats.created()).isOne();
	}

	private static void exchange(ConnectionRecord connection) {
		connection.lease(0, false);
		connection.requestStarts();
		connection.responseStarts();
		goBack(connection, 0);
	}

	private static Arguments life(String life, CloseReason reason, Consumer<ConnectionRecord> steps) {
		return arguments(life, reason, steps);
	}

	private static long goBack(ConnectionRecord connection, long now) {
		connection.mayGoBack(now);
		return connection.idle();
	}

}
