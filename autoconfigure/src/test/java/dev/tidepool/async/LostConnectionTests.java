package dev.tidepool.async;

import java.io.IOException;
import java.util.Map;

import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionProbe.Look;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * Why a connection was lost that its I/O thread closes while others look at it.
 */
class LostConnectionTests {

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 1000,
			NanoClock.SYSTEM);

	private final Upstream upstream = this.upstreams.get(new UpstreamKey("http", "orders", 80, null));

	private final SharedPool shared = new SharedPool(this.upstreams, new ConnectionEvents());

	private final TlsLook tlsLook = new TlsLook();

	private final ProtocolIOSession session = Mockito.mock(ProtocolIOSession.class);

	private final AsyncConnection connection = new AsyncConnection(this.shared, () -> {
	}, this.tlsLook, UpstreamSettings.DEFAULTS);

	private final ConnectionRecord record = this.upstream.connected(this.connection, null, 0);

	private IOEventHandler handler;

	@BeforeEach
	void establish() throws IOException {
		given(this.session.isOpen()).willReturn(true);
		this.handler = this.connection.bind(this.session);
		this.handler.connected(this.session);
		this.connection.established(this.record);
	}

	@AfterEach
	void close() {
		this.tlsLook.close();
		this.shared.close();
	}

	@Test
	void unaskedBytesThatComeAmidALookAreNoCloseByThePeer() {
		serveOne();
		given(this.session.isOpen()).willAnswer((call) -> {
			this.connection.parser().unasked();
			return false;
		});
		assertThat(this.connection.look(false)).isEqualTo(Look.UNASKED_BYTES);
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
		given(this.session.isOpen()).willReturn(false);
		this.handler.disconnected(this.session);
	}

	private void assertClosed(CloseReason reason) {
		assertThat(this.record.state()).isEqualTo(ConnectionRecord.State.CLOSED);
		assertThat(this.upstream.stats().closed(reason)).isOne();
	}

}
