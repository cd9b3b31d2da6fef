package dev.tidepool.benchmarks;

import java.net.URI;
import java.util.Map;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * WebClient as an application with the starter has it, its pool as large as the requests
 * in flight, all other settings at their defaults and the meters bound.
 */
final class WebClientOnTidepool implements AsyncClient {

	private final WebClientOfBoot client;

	private final PoolCheck pool;

	WebClientOnTidepool(URI uri, int inFlight) {
		ConfigurableApplicationContext context = Application
			.run(Map.of("tidepool.pool.max-per-upstream", inFlight, "tidepool.pool.max-total", inFlight));
		this.client = new WebClientOfBoot(uri, inFlight, context, "dev.tidepool.");
		this.pool = new PoolCheck(uri, inFlight, context);
	}

	@Override
	public void call(Answer answer) {
		this.client.call(answer);
	}

	@Override
	public void check(long calls) throws InterruptedException {
		this.client.check(calls);
		this.pool.check(calls);
	}

	@Override
	public void close() {
		this.client.close();
	}

}
