package dev.tidepool.async;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.util.ArrayList;
import java.util.List;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import dev.tidepool.connection.DrainOutcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ResponseBody}.
 */
class ResponseBodyTests {

	private final FakeUpstream upstream = new FakeUpstream();

	private final FakeSession session = new FakeSession();

	private final AsyncConnection connection = this.upstream.connection();

	private final Endpoint endpoint = new Endpoint(this.upstream.pool());

	private ResponseBody body;

	@BeforeEach
	void receive() {
		this.connection.bind(this.session.session());
		this.connection.established(this.upstream.record(this.connection));
		FutureCallback<AsyncExecRuntime> acquired = mock();
		this.endpoint.acquireEndpoint("one", new HttpRoute(new HttpHost("http", "orders", 80)), this.upstream.call(),
				HttpClientContext.create(), acquired);
		this.body = new ResponseBody(this.endpoint, this.connection, this.upstream.call(), 20);
	}

	@AfterEach
	void close() {
		this.upstream.close();
	}

	@Test
	void readerIsToldOfTheLossOfAConnectionThatWasClosedAsItAskedForMore() throws Exception {
		List<Integer> read = new ArrayList<>();
		List<Throwable> failures = new ArrayList<>();
		this.body.updateCapacity(ofClosedConnection());
		Flux.from(this.body.handsOut()).map(ByteBuffer::remaining).subscribe(read::add, failures::add);
		this.body.consume(ByteBuffer.allocate(10));
		this.body.failed(new ConnectionClosedException());
		assertThat(read).containsExactly(10);
		assertThat(failures).singleElement().isInstanceOf(IOException.class);
	}

	@Test
	void readerCancelsWithoutAnErrorWhereTheConnectionWasClosed() throws Exception {
		this.body.updateCapacity(ofClosedConnection());
		Flux.from(this.body.handsOut()).subscribe().dispose();
		this.body.failed(new ConnectionClosedException());
		assertThat(this.upstream.upstream().stats().drains(DrainOutcome.GIVEN_UP)).isOne();
	}

	// HttpCore asks the selection key, which is cancelled then
	private static CapacityChannel ofClosedConnection() throws IOException {
		CapacityChannel channel = mock();
		willThrow(new CancelledKeyException()).given(channel).update(anyInt());
		return channel;
	}

}
