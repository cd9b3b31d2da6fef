package dev.tidepool.async;

import java.io.IOException;

import org.apache.hc.core5.reactor.IOEventHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionProbe.Look;
import dev.tidepool.connection.ConnectionRecord;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Why a connection was lost that its I/O thread closes while others look at it.
 */
class LostConnectionTests {

	private final FakeUpstream upstream = new FakeUpstream();

	private final AsyncConnection connection = this.upstream.connection();

	private final FakeSession session = new FakeSession();

	private ConnectionRecord record;

	private IOEventHandler handler;

	@BeforeEach
	void establish() throws IOException {
		this.handler = this.connection.bind(this.session.session());
		this.handler.connected(this.session.session());
		this.record = this.upstream.record(this.connection);
		this.connection.established(this.record);
	}

	@AfterEach
	void close() {
		this.upstream.close();
	}

	@Test
	void unaskedBytesThatComeAmidALookAreNoCloseByThePeer() {
		serveOne();
		this.session.whenAsked(() -> {
			this.connection.parser().unasked();
			this.session.isLost();
		});
		assertThat(this.connection.look()).isEqualTo(Look.UNASKED_BYTES);
		assertThat(this.connection.lookAtSocket(true)).isEqualTo(Look.UNASKED_BYTES);
	}

	@Test
	void connectionThatUnaskedBytesCloseBeforeItIsInThePoolWasClosedForThem() {
		serveOne();
		this.connection.parser().unasked();
		lose();
		assertClosed(CloseReason.UNASKED_BYTES);
	}

	@Test
	void connectionThatThePeerClosesBeforeItIsInThePoolWasClosedByThePeer() {
		serveOne();
		lose();
		assertClosed(CloseReason.PEER_CLOSED_IDLE);
	}

	@Test
	void connectionThatIsGivenUpBeforeItIsInThePoolKeepsItsReason() {
		serveOne();
		this.connection.giveUp(CloseReason.SHUT_DOWN);
		lose();
		assertClosed(CloseReason.SHUT_DOWN);
	}

	@Test
	void connectionThatIsLostInARequestWasNotIdle() {
		serveOne();
		this.record.requestStarts();
		lose();
		assertClosed(CloseReason.PEER_CLOSED_ON_REUSE);
	}

	private void serveOne() {
		this.record.requestStarts();
		this.record.responseStarts();
		this.record.mayGoBack(0);
	}

	private void lose() {
		this.session.isLost();
		this.handler.disconnected(this.session.session());
	}

	private void assertClosed(CloseReason reason) {
		assertThat(this.record.state()).isEqualTo(ConnectionRecord.State.CLOSED);
		assertThat(this.upstream.upstream().stats().closed(reason)).isOne();
	}

}
