package dev.tidepool.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.springframework.boot.ssl.SslBundle;

/**
 * OkHttp without Spring. It has no limit of connections, so that the only setting is to
 * keep as many as there are callers.
 */
final class OkHttpAlone implements BlockingClient {

	private static final MediaType JSON = MediaType.get("application/json");

	private final Request request;

	private final byte[] body;

	private final OkHttpClient client;

	OkHttpAlone(Request request, int callers) {
		this.request = request;
		this.body = request.exchange().sent();
		OkHttpClient.Builder builder = new OkHttpClient.Builder()
			.connectionPool(new ConnectionPool(callers, 5, TimeUnit.MINUTES));
		this.client = withTls(builder).build();
	}

	private OkHttpClient.Builder withTls(OkHttpClient.Builder builder) {
		if (this.request.certificate() == null) {
			return builder;
		}
		SslBundle bundle = SslBundle.of(Request.trust(this.request.certificate()));
		SSLContext tls = bundle.createSslContext();
		return builder.sslSocketFactory(tls.getSocketFactory(), trustManager(bundle));
	}

	private static X509TrustManager trustManager(SslBundle bundle) {
		TrustManager[] managers = bundle.getManagers().getTrustManagers();
		return Stream.of(managers)
			.filter(X509TrustManager.class::isInstance)
			.map(X509TrustManager.class::cast)
			.findFirst()
			.orElseThrow();
	}

	@Override
	public int call() throws IOException {
		okhttp3.Request.Builder builder = new okhttp3.Request.Builder().url(this.request.uri().toString());
		if (this.request.isPost()) {
			builder.post(RequestBody.create(this.body, JSON));
		}
		try (Response response = this.client.newCall(builder.build()).execute()) {
			if (response.code() != 200) {
				throw new IllegalStateException("Status " + response.code());
			}
			return response.body().bytes().length;
		}
	}

	@Override
	public void close() {
		this.client.connectionPool().evictAll();
	}

}
