package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;

import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * HttpClient without Spring, with a pool as large as the callers and everything off that
 * can be. The baseline: it stays as it is.
 */
final class HttpClientAlone implements BlockingClient {

	private final URI uri;

	private final CloseableHttpClient client;

	HttpClientAlone(URI uri, int callers) {
		this.uri = uri;
		this.client = HttpClients.custom()
			.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
				.setMaxConnPerRoute(callers)
				.setMaxConnTotal(callers)
				.build())
			.disableCookieManagement()
			.disableAuthCaching()
			.disableContentCompression()
			.disableRedirectHandling()
			.disableAutomaticRetries()
			.build();
	}

	@Override
	public int call() throws IOException {
		return this.client.execute(new HttpGet(this.uri), HttpClientAlone::length);
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
