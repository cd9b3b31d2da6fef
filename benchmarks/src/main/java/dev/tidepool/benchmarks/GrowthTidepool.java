package dev.tidepool.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;

/**
 * RestClient on Tidepool, with its meters, and a pool as large as has to be.
 */
final class GrowthTidepool implements GrowthClient {

	static final String TOLD = "Tidepool is told how long the upstream keeps idle connections "
			+ "(`tidepool.keep-alive.upstream-timeout=%ds`), so that none ages meanwhile."
				.formatted(UpstreamProcess.KEEP_ALIVE_SECONDS);

	private final ConfigurableApplicationContext context;

	private final RestClient client;

	GrowthTidepool(Request request, int connections) {
		this(request, connections,
				Map.of("tidepool.keep-alive.upstream-timeout", UpstreamProcess.KEEP_ALIVE_SECONDS + "s"));
	}

	private GrowthTidepool(Request request, int connections, Map<String, Object> keepAlive) {
		Map<String, Object> properties = new HashMap<>(keepAlive);
		properties.put("tidepool.pool.max-per-upstream", connections);
		properties.put("tidepool.pool.max-total", connections);
		this.context = Application.run(request, properties, Meters.class, LoopbackResolver.class);
		this.client = this.context.getBean(RestClient.Builder.class).build();
	}

	/**
	 * One that is not told when its upstreams close idle connections.
	 * @param request what it calls
	 * @param connections how many it may have
	 * @return the client
	 */
	static GrowthTidepool learning(Request request, int connections) {
		return new GrowthTidepool(request, connections, Map.of());
	}

	@Override
	public int get(URI uri) {
		return Objects.requireNonNull(this.client.get().uri(uri).exchange((request, response) -> length(response)));
	}

	@Override
	public int send(URI uri, byte[] body) {
		return Objects.requireNonNull(this.client.post()
			.uri(uri)
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.body(body)
			.exchange((request, response) -> length(response)));
	}

	private static int length(ClientHttpResponse response) throws IOException {
		if (response.getStatusCode().value() != 200) {
			throw new IllegalStateException("Status " + response.getStatusCode());
		}
		return GrowthClient.length(response.getBody());
	}

	@Override
	public Closeable hold(URI uri) {
		ClientHttpResponse response = Objects
			.requireNonNull(this.client.get().uri(uri).exchange((request, opened) -> opened, false));
		return response::close;
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
