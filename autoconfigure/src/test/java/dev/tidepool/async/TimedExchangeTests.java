package dev.tidepool.async;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import dev.tidepool.call.Call;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PhaseDeadline.Phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * A request that meets a connection on which its upstream may serve no more of them.
 */
class TimedExchangeTests {

	private static final int LIMIT = 50;

	private final FakeUpstream upstream = new FakeUpstream();

	private final AtomicInteger written = new AtomicInteger();

	@AfterEach
	void close() {
		this.upstream.close();
	}

	@Test
	void postIsNotWrittenWhereTheLimitOfRequestsIsReached() {
		learnLimit();
		AsyncConnection connection = served(LIMIT);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> write("POST", connection));
		assertThat(this.written).hasValue(0);
		assertThat(connection.record().isClosing(CloseReason.REQUESTS)).isTrue();
		// Nothing was sent, so that any method may take another connection
		assertThat(this.upstream.call().reusedConnection()).isTrue();
		assertThat(this.upstream.call().requestSent()).isFalse();
	}

	@Test
	void getIsWrittenThereToSeeWhetherItIsServed() throws Exception {
		learnLimit();
		AsyncConnection connection = served(LIMIT);
		write("GET", connection);
		assertThat(this.written).hasValue(1);
		assertThat(connection.record().requests()).isEqualTo(LIMIT + 1);
	}

	@Test
	void postIsWrittenBelowTheLimitAndWhereNoneIsKnown() throws Exception {
		write("POST", served(LIMIT));
		learnLimit();
		write("POST", served(LIMIT - 1));
		assertThat(this.written).hasValue(2);
	}

	@Test
	void waitForTheThreadOfTheConnectionIsBounded() {
		AsyncConnection connection = served(1);
		exchange(connection, this.upstream.call(), mock()).waitsForItsThread();
		assertThat(connection.deadline().phase()).isEqualTo(Phase.REQUEST);
		assertThat(connection.deadline().ends()).isTrue();
	}

	@Test
	void nothingIsWrittenOnceTheWaitForTheThreadWasTooLong() {
		FakeSession session = new FakeSession();
		AsyncConnection connection = served(1, session);
		Call late = new Call(this.upstream.upstream(), this.upstream.call().partition(), CallerTimeouts.NONE, "late",
				new CallDeadline(System.nanoTime() - 1_000_000_000, Duration.ofMillis(1), "tidepool.timeout.call"));
		AsyncClientExchangeHandler inner = mock();
		TimedExchange exchange = exchange(connection, late, inner);
		exchange.waitsForItsThread();
		assertThat(session.closes()).containsExactly(CloseMode.IMMEDIATE);
		assertThat(connection.record().isClosing(CloseReason.DEADLINE)).isTrue();
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> exchange
			.produceRequest((sent, body, context) -> this.written.incrementAndGet(), HttpCoreContext.create()));
		exchange.failed(new ConnectionClosedException());
		ArgumentCaptor<Exception> told = ArgumentCaptor.captor();
		then(inner).should().failed(told.capture());
		then(inner).shouldHaveNoMoreInteractions();
		assertThat(told.getValue()).isInstanceOf(SocketTimeoutException.class)
			.hasMessageContaining("the request was not written")
			.hasMessageContaining("tidepool.timeout.call");
		assertThat(this.written).hasValue(0);
	}

	private void write(String method, AsyncConnection connection) throws HttpException, IOException {
		BasicHttpRequest request = new BasicHttpRequest(method, "/");
		this.upstream.call().sends(request, true);
		this.upstream.call().attemptStarts(1);
		AsyncClientExchangeHandler exchange = mock();
		willAnswer((invocation) -> {
			invocation.getArgument(0, RequestChannel.class)
				.sendRequest(request, null, invocation.getArgument(1, HttpContext.class));
			return null;
		}).given(exchange).produceRequest(any(), any());
		exchange(connection, this.upstream.call(), exchange)
			.produceRequest((sent, body, context) -> this.written.incrementAndGet(), HttpCoreContext.create());
	}

	private static TimedExchange exchange(AsyncConnection connection, Call call, AsyncClientExchangeHandler inner) {
		return new TimedExchange(inner, connection, call, NanoClock.SYSTEM);
	}

	private AsyncConnection served(int requests) {
		return served(requests, new FakeSession());
	}

	private AsyncConnection served(int requests, FakeSession session) {
		AsyncConnection connection = this.upstream.connection();
		connection.bind(session.session());
		ConnectionRecord record = this.upstream.record(connection);
		connection.established(record);
		for (int i = 0; i < requests; i++) {
			record.requestStarts();
			record.responseStarts();
		}
		return connection;
	}

	// By connections that were lost after so many requests, one after the other
	private void learnLimit() {
		long now = System.nanoTime();
		for (int i = 0; i < 3; i++) {
			now += TimeUnit.MILLISECONDS.toNanos(100);
			ConnectionRecord record = this.upstream.upstream().connected(this.upstream.connection(), null, now);
			for (int request = 0; request <= LIMIT; request++) {
				record.requestStarts();
			}
			record.lostOnReuse(now);
			record.closed();
		}
		assertThat(this.upstream.upstream().estimate().maxRequests()).isEqualTo(LIMIT);
	}

}
