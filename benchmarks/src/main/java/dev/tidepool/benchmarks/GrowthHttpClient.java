package dev.tidepool.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * HttpClient without Spring, as tuned as the baseline is.
 */
final class GrowthHttpClient implements GrowthClient {

	private final CloseableHttpClient client;

	GrowthHttpClient(Request request, int connections) {
		this.client = HttpClients.custom()
			.setConnectionManager(HttpClientAlone.manager(request)
				.setDnsResolver(LoopbackResolver.INSTANCE)
				.setMaxConnPerRoute(connections)
				.setMaxConnTotal(connections)
				.build())
			.disableCookieManagement()
			.disableAuthCaching()
			.disableContentCompression()
			.disableRedirectHandling()
			.disableAutomaticRetries()
			.build();
	}

	@Override
	public int get(URI uri) throws IOException {
		return this.client.execute(new HttpGet(uri), GrowthHttpClient::length);
	}

	@Override
	public int send(URI uri, byte[] body) throws IOException {
		HttpPost post = new HttpPost(uri);
		post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_OCTET_STREAM));
		return this.client.execute(post, GrowthHttpClient::length);
	}

	private static int length(ClassicHttpResponse response) throws IOException {
		if (response.getCode() != HttpStatus.SC_OK) {
			throw new IllegalStateException("Status " + response.getCode());
		}
		HttpEntity entity = response.getEntity();
		if (entity == null) {
			return 0;
		}
		try (InputStream body = entity.getContent()) {
			return GrowthClient.length(body);
		}
	}

	@Override
	public Closeable hold(URI uri) throws IOException {
		ClassicHttpResponse response = this.client.executeOpen(null, new HttpGet(uri), null);
		return () -> {
			length(response);
			response.close();
		};
	}

	@Override
	public void close() throws IOException {
		this.client.close();
	}

}
