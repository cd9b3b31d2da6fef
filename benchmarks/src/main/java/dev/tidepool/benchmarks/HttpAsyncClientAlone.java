package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;

import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.jspecify.annotations.Nullable;

/**
 * HttpClient's asynchronous client without Spring, with a pool as large as the requests
 * in flight and everything off that can be. The baseline: it stays as it is.
 */
final class HttpAsyncClientAlone implements AsyncClient {

	private final URI uri;

	private final int inFlight;

	private final CloseableHttpAsyncClient client;

	HttpAsyncClientAlone(URI uri, int inFlight) {
		this.uri = uri;
		this.inFlight = inFlight;
		this.client = HttpAsyncClients.custom()
			.setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
				.setMaxConnPerRoute(inFlight)
				.setMaxConnTotal(inFlight)
				.build())
			.disableCookieManagement()
			.disableAuthCaching()
			.disableContentCompression()
			.disableRedirectHandling()
			.disableAutomaticRetries()
			.build();
		this.client.start();
	}

	@Override
	public void call(Answer answer) {
		this.client.execute(new BasicRequestProducer(Method.GET, this.uri),
				new BasicResponseConsumer<>(new BasicAsyncEntityConsumer()), new Callback(answer));
	}

	@Override
	public void check(long calls) throws InterruptedException {
		KeptSockets.check(this.uri, this.inFlight);
	}

	@Override
	public void close() throws IOException {
		this.client.close();
	}

	private record Callback(Answer answer) implements FutureCallback<Message<HttpResponse, byte @Nullable []>> {

		@Override
		public void completed(Message<HttpResponse, byte @Nullable []> response) {
			if (response.getHead().getCode() != HttpStatus.SC_OK) {
				failed(new IllegalStateException("Status " + response.getHead().getCode()));
				return;
			}
			byte[] body = response.getBody();
			this.answer.answered((body != null) ? body.length : 0);
		}

		@Override
		public void failed(Exception ex) {
			this.answer.failed(ex);
		}

		@Override
		public void cancelled() {
			failed(new IllegalStateException("Cancelled"));
		}

	}

}
