package dev.tidepool.async;

import java.nio.channels.CancelledKeyException;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * A connection that is closed while it is being made, at each point between its socket
 * and its record.
 */
class AsyncConnectionTests {

	private final FakeUpstream upstream = new FakeUpstream();

	private final AsyncConnection connection = this.upstream.connection();

	private final FakeSession session = new FakeSession();

	@AfterEach
	void close() {
		this.upstream.close();
	}

	@Test
	void openConnectionIsEstablished() {
		this.connection.bind(this.session.session());
		ConnectionRecord record = establish();
		assertThat(record.state()).isEqualTo(State.ACTIVE);
		assertThat(this.upstream.upstream().stats().connections()).containsExactly(record);
	}

	@Test
	void requestThatMeetsACloseIsLeftToTheThreadThatTellsOfIt() {
		this.connection.bind(this.session.session());
		this.session.whenWoken(() -> {
			throw new CancelledKeyException();
		});
		AsyncClientExchangeHandler exchange = mock();
		assertThatCode(() -> this.connection.execute(exchange, HttpClientContext.create())).doesNotThrowAnyException();
		then(exchange).shouldHaveNoInteractions();
	}

	@Test
	void socketThatOpensAfterItWasGivenUpIsClosed() {
		this.connection.giveUp(CloseReason.CANCELLED);
		this.connection.bind(this.session.session());
		assertThat(this.session.closes()).containsExactly(CloseMode.IMMEDIATE);
		assertIsGone(establish(), CloseReason.ERROR);
	}

	@Test
	void connectionThatIsLostBeforeItHasARecordIsClosed() {
		this.connection.bind(this.session.session()).disconnected(this.session.session());
		this.session.isLost();
		assertIsGone(establish(), CloseReason.ERROR);
	}

	@Test
	void connectionThatGotBytesBeforeItHadARecordSaysSo() {
		this.connection.bind(this.session.session());
		this.connection.parser().unasked();
		this.session.isLost();
		assertIsGone(establish(), CloseReason.UNASKED_BYTES);
	}

	@Test
	void connectionThatIsGivenUpBetweenRecordAndLookIsClosedOnce() {
		this.connection.bind(this.session.session());
		this.session.whenAsked(() -> this.connection.giveUp(CloseReason.CANCELLED));
		assertIsGone(establish(), CloseReason.CANCELLED);
		assertThat(this.session.closes()).containsExactly(CloseMode.IMMEDIATE);
	}

	@Test
	void connectionThatIsLostBetweenRecordAndLookIsClosedOnce() {
		var handler = this.connection.bind(this.session.session());
		this.session.whenAsked(() -> {
			this.session.isLost();
			handler.disconnected(this.session.session());
		});
		ConnectionRecord record = establish();
		assertThat(record.state()).isEqualTo(State.CLOSED);
		assertThat(this.upstream.upstream().stats().connections()).isEmpty();
	}

	private ConnectionRecord establish() {
		ConnectionRecord record = this.upstream.record(this.connection);
		this.connection.established(record);
		return record;
	}

	private void assertIsGone(ConnectionRecord record, CloseReason reason) {
		assertThat(record.state()).isEqualTo(State.CLOSED);
		assertThat(this.upstream.upstream().stats().connections()).isEmpty();
		assertThat(this.upstream.upstream().stats().closed(reason)).isOne();
	}

}
