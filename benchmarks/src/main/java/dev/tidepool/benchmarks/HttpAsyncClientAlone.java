package dev.tidepool.benchmarks;

import java.io.IOException;

import javax.net.ssl.SSLContext;

import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.jspecify.annotations.Nullable;

/**
 * HttpClient's asynchronous client without Spring, with a pool as large as the requests
 * in flight and everything off that can be. The baseline: it stays as it is.
 */
final class HttpAsyncClientAlone implements AsyncClient {

	private final Request request;

	private final byte[] body;

	private final int inFlight;

	private final CloseableHttpAsyncClient client;

	HttpAsyncClientAlone(Request request, int inFlight) {
		this.request = request;
		this.body = request.exchange().sent();
		this.inFlight = inFlight;
		this.client = HttpAsyncClients.custom()
			.setConnectionManager(manager(request).setMaxConnPerRoute(inFlight).setMaxConnTotal(inFlight).build())
			.disableCookieManagement()
			.disableAuthCaching()
			.disableContentCompression()
			.disableRedirectHandling()
			.disableAutomaticRetries()
			.build();
		this.client.start();
	}

	private static PoolingAsyncClientConnectionManagerBuilder manager(Request request) {
		// Without this it would speak HTTP/2 over TLS where it can
		PoolingAsyncClientConnectionManagerBuilder builder = PoolingAsyncClientConnectionManagerBuilder.create()
			.setDefaultTlsConfig(TlsConfig.custom().setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1).build());
		SSLContext tls = request.sslContext();
		return (tls != null) ? builder.setTlsStrategy(new DefaultClientTlsStrategy(tls)) : builder;
	}

	private AsyncRequestProducer message() {
		return this.request.isPost()
				? new BasicRequestProducer(Method.POST, this.request.uri(),
						new BasicAsyncEntityProducer(this.body, ContentType.APPLICATION_JSON))
				: new BasicRequestProducer(Method.GET, this.request.uri());
	}

	@Override
	public void call(Answer answer) {
		this.client.execute(message(), new BasicResponseConsumer<>(new BasicAsyncEntityConsumer()),
				new Callback(answer));
	}

	@Override
	public void check(long calls) throws InterruptedException {
		KeptSockets.check(this.request.uri(), this.inFlight);
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
