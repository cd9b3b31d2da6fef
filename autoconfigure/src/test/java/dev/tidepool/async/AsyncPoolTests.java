package dev.tidepool.async;

import java.util.concurrent.TimeUnit;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection that is closed just as it is put into the pool, where who closed it could
 * not find it.
 */
class AsyncPoolTests {

	private static final HttpRoute ROUTE = new HttpRoute(new HttpHost("http", "orders", 80));

	private final FakeUpstream upstream = new FakeUpstream();

	private final AsyncPool pool = this.upstream.pool();

	private final AsyncConnection connection = this.upstream.connection();

	private final FakeSession session = new FakeSession();

	private IOEventHandler handler;

	private ConnectionRecord record;

	@BeforeEach
	void connect() {
		this.handler = this.connection.bind(this.session.session());
		this.record = this.upstream.record(this.connection);
		this.connection.established(this.record);
		this.record.requestStarts();
		this.record.responseStarts();
		this.record.trust(TimeUnit.MINUTES.toNanos(1));
	}

	@AfterEach
	void close() {
		this.upstream.close();
	}

	@Test
	void connectionThatGoesBackServesTheNextCall() {
		release();
		assertThat(this.record.state()).isEqualTo(State.IDLE);
		assertThat(this.pool.take(this.upstream.call(), ROUTE)).isSameAs(this.connection);
		assertThat(this.session.closes()).isEmpty();
	}

	@Test
	void connectionThatIsLostOnItsWayIntoThePoolDoesNotStayThere() {
		// After it was found open, and before it is in the pool
		this.upstream.whenTimeIsRead(() -> {
			this.session.isLost();
			this.handler.disconnected(this.session.session());
		});
		release();
		assertThat(this.session.closes()).containsExactly(CloseMode.GRACEFUL);
		assertHasLeft();
	}

	@Test
	void connectionThatIsLostOnceItIsInThePoolDoesNotStayThere() {
		this.upstream.whenTimeIsRead(() -> this.session.whenAsked(() -> {
			this.session.isLost();
			this.handler.disconnected(this.session.session());
		}));
		release();
		assertHasLeft();
		assertThat(this.record.isClosing(CloseReason.PEER_CLOSED_IDLE)).isTrue();
	}

	@Test
	void connectionThatIsOnItsWayIntoAPoolThatIsClosedDoesNotStayThere() {
		this.upstream.whenTimeIsRead(this.pool::close);
		release();
		// By the pool, and as it left
		assertThat(this.session.closes()).hasSize(2);
		assertThat(this.record.isClosing(CloseReason.SHUT_DOWN)).isTrue();
		assertHasLeft();
	}

	private void release() {
		this.pool.release(this.connection, this.upstream.call(), ROUTE, true);
	}

	private void assertHasLeft() {
		assertThat(this.record.state()).isEqualTo(State.CLOSED);
		assertThat(this.upstream.upstream().stats().connections()).isEmpty();
		assertThat(this.pool.take(this.upstream.call(), ROUTE)).isNull();
	}

}
