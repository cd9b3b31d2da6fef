package dev.tidepool.benchmarks;

import java.net.URI;
import java.util.Map;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

/**
 * RestClient as an application with the starter has it, all settings at their defaults
 * and the meters bound. The path is a string, as users write it.
 */
final class RestClientOnTidepool implements BlockingClient {

	private final String path;

	private final ConfigurableApplicationContext context;

	private final PoolCheck pool;

	private final RestClient client;

	RestClientOnTidepool(URI uri, int callers) {
		this.path = uri.getRawPath();
		this.context = Application.run(Map.of());
		this.pool = new PoolCheck(uri, callers, this.context);
		this.client = this.context.getBean(RestClient.Builder.class)
			.baseUrl(uri.resolve("/"))
			.defaultStatusHandler((status) -> status.value() != 200, (request, response) -> {
				throw new IllegalStateException("Status " + response.getStatusCode());
			})
			.build();
	}

	@Override
	public int call() {
		byte[] body = this.client.get().uri(this.path).retrieve().body(byte[].class);
		return (body != null) ? body.length : 0;
	}

	@Override
	public void check(long calls) throws InterruptedException {
		this.pool.check(calls);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
