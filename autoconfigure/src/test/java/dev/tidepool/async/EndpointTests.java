package dev.tidepool.async;

import java.util.concurrent.TimeUnit;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * A call that is cancelled just as HttpClient's chain asks for its connection.
 */
class EndpointTests {

	private static final HttpRoute ROUTE = new HttpRoute(new HttpHost("http", "orders", 80));

	private final FakeUpstream upstream = new FakeUpstream();

	private final FakeSession session = new FakeSession();

	private final Endpoint endpoint = new Endpoint(this.upstream.pool());

	private final HttpClientContext context = HttpClientContext.create();

	@BeforeEach
	void acquireIdleConnection() {
		AsyncConnection connection = this.upstream.connection();
		connection.bind(this.session.session());
		ConnectionRecord record = this.upstream.record(connection);
		connection.established(record);
		record.requestStarts();
		record.responseStarts();
		record.trust(TimeUnit.MINUTES.toNanos(1));
		this.upstream.pool().release(connection, this.upstream.call(), ROUTE, true);
		this.context.setUserToken(this.upstream.call());
		FutureCallback<AsyncExecRuntime> acquired = mock();
		this.endpoint.acquireEndpoint("one", ROUTE, this.upstream.call(), this.context, acquired);
		then(acquired).should().completed(this.endpoint);
		assertThat(this.endpoint.connection()).isSameAs(connection);
	}

	@AfterEach
	void close() {
		this.upstream.close();
	}

	@Test
	void connectionThatIsBegunAsItsCallIsCancelledIsNotCountedForEver() {
		this.session.whenAsked(() -> {
			this.session.isLost();
			this.endpoint.cancel(CloseReason.CANCELLED);
		});
		this.endpoint.connectEndpoint(this.context, mock());
		assertThat(this.upstream.upstream().lane().active()).isZero();
		Awaitility.await().until(() -> this.upstream.room() == FakeUpstream.MAX_TOTAL);
	}

	@Test
	void connectionThatIsBegunBeforeItsCallIsCancelledIsNotCountedForEver() {
		this.endpoint.disconnectEndpoint();
		this.endpoint.connectEndpoint(this.context, mock());
		this.endpoint.cancel(CloseReason.CANCELLED);
		assertThat(this.upstream.upstream().lane().active()).isZero();
		Awaitility.await().until(() -> this.upstream.room() == FakeUpstream.MAX_TOTAL);
	}

}
