package dev.tidepool.benchmarks;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * WebClient as an application with the starter has it, its pool at least as large as the
 * requests in flight, all other settings at their defaults and the meters bound.
 */
final class WebClientOnTidepool implements AsyncClient {

	private final WebClientOfBoot client;

	private final PoolCheck pool;

	WebClientOnTidepool(Request request, int inFlight) {
		ConfigurableApplicationContext context = Application.run(request, RestClientOnTidepool.poolOf(inFlight),
				Meters.class);
		this.client = new WebClientOfBoot(request, inFlight, context, "dev.tidepool.");
		this.pool = new PoolCheck(request.uri(), inFlight, context, this.client::call);
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
