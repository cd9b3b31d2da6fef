package dev.tidepool.benchmarks;

import java.io.IOException;
import java.util.Map;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * RestClient as an application with the starter has it, all settings at their defaults
 * but for a pool that is as large as the callers.
 */
final class RestClientOnTidepool implements BlockingClient {

	private static final int DEFAULT_MAX = 200;

	private final RestClientOfBoot client;

	private final PoolCheck pool;

	private RestClientOnTidepool(Request request, int callers, Class<?>... configuration) {
		ConfigurableApplicationContext context = Application.run(request, poolOf(callers), configuration);
		this.client = RestClientOfBoot.onTidepool(request, context);
		this.pool = new PoolCheck(request.uri(), callers, context, this.client::call);
	}

	static RestClientOnTidepool bare(Request request, int callers) {
		return new RestClientOnTidepool(request, callers);
	}

	static RestClientOnTidepool metered(Request request, int callers) {
		return new RestClientOnTidepool(request, callers, Meters.class);
	}

	static RestClientOnTidepool observed(Request request, int callers) {
		return new RestClientOnTidepool(request, callers, Meters.class, Observations.class);
	}

	static RestClientOnTidepool observedAndSaving(Request request, int callers) {
		return new RestClientOnTidepool(request, callers, Meters.class, ShortObservations.class);
	}

	/**
	 * Settings of the pool that let this many call at once.
	 * @param callers how many
	 * @return none where the defaults do
	 */
	static Map<String, Object> poolOf(int callers) {
		return (callers <= DEFAULT_MAX) ? Map.of()
				: Map.of("tidepool.pool.max-per-upstream", callers, "tidepool.pool.max-total", callers + 1);
	}

	@Override
	public int call() {
		return this.client.call();
	}

	@Override
	public void check(long calls) throws InterruptedException {
		this.pool.check(calls);
	}

	@Override
	public void close() throws IOException {
		this.client.close();
	}

}
