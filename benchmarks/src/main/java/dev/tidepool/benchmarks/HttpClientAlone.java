package dev.tidepool.benchmarks;

import java.io.IOException;

import javax.net.ssl.SSLContext;

import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * HttpClient without Spring.
 */
final class HttpClientAlone implements BlockingClient {

	private final Request request;

	private final byte[] body;

	private final CloseableHttpClient client;

	private HttpClientAlone(Request request, CloseableHttpClient client) {
		this.request = request;
		this.body = request.exchange().sent();
		this.client = client;
	}

	/**
	 * With a pool as large as the callers and everything off that can be. The baseline:
	 * it stays as it is.
	 * @param request what it calls
	 * @param callers how many
	 * @return the client
	 */
	static HttpClientAlone tuned(Request request, int callers) {
		return new HttpClientAlone(request, tunedClient(request, callers));
	}

	static CloseableHttpClient tunedClient(Request request, int callers) {
		return HttpClients.custom()
			.setConnectionManager(manager(request).setMaxConnPerRoute(callers).setMaxConnTotal(callers).build())
			.disableCookieManagement()
			.disableAuthCaching()
			.disableContentCompression()
			.disableRedirectHandling()
			.disableAutomaticRetries()
			.build();
	}

	/**
	 * As it is without a setting.
	 * @param request what it calls
	 * @param callers how many, which it does not want to know
	 * @return the client
	 */
	static HttpClientAlone withDefaults(Request request, int callers) {
		return new HttpClientAlone(request,
				HttpClients.custom().setConnectionManager(manager(request).build()).build());
	}

	static PoolingHttpClientConnectionManagerBuilder manager(Request request) {
		PoolingHttpClientConnectionManagerBuilder builder = PoolingHttpClientConnectionManagerBuilder.create();
		SSLContext tls = request.sslContext();
		return (tls != null) ? builder.setTlsSocketStrategy(new DefaultClientTlsStrategy(tls)) : builder;
	}

	@Override
	public int call() throws IOException {
		return this.client.execute(message(), HttpClientAlone::length);
	}

	private ClassicHttpRequest message() {
		if (!this.request.isPost()) {
			return new HttpGet(this.request.uri());
		}
		HttpPost post = new HttpPost(this.request.uri());
		post.setEntity(new ByteArrayEntity(this.body, ContentType.APPLICATION_JSON));
		return post;
	}

	private static int length(ClassicHttpResponse response) throws IOException {
		if (response.getCode() != HttpStatus.SC_OK) {
			throw new IllegalStateException("Status " + response.getCode());
		}
		return EntityUtils.toByteArray(response.getEntity()).length;
	}

	@Override
	public void close() throws IOException {
		this.client.close();
	}

}
