package dev.tidepool.connections;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.TestRunners;

/**
 * What the same scenario is run with, to compare.
 */
enum Side {

	PLAIN_BOOT, TIDEPOOL;

	/**
	 * Run a scenario in an application of its own.
	 * @param scenario the scenario
	 * @param properties of the application
	 * @return what the scenario gives
	 */
	<T> T run(Scenario<T> scenario, String... properties) throws Exception {
		Result<T> result = new Result<>();
		application().withPropertyValues(properties)
			.run((context) -> result.value = scenario.run(context.getSourceApplicationContext()));
		return result.value;
	}

	private ApplicationContextRunner application() {
		return TestRunners.application().withPropertyValues("tidepool.enabled=" + (this == TIDEPOOL));
	}

	/**
	 * Make clients that share no connections with each other. They share what is learned.
	 * @param context the application
	 * @param number how many
	 * @return the clients
	 */
	static IsolatedClients isolatedClients(ApplicationContext context, int number) {
		ClientHttpRequestFactoryBuilder<?> builder = context.getBean(ClientHttpRequestFactoryBuilder.class);
		// On Tidepool, callers with different filters are in different partitions
		return new IsolatedClients(Stream
			.<ClientHttpRequestFactory>generate(() -> builder
				.build(HttpClientSettings.defaults().withInetAddressFilter(InetAddressFilter.adapt((address) -> true))))
			.limit(number)
			.toList());
	}

	/**
	 * The one upstream that was called.
	 * @param context the application
	 * @return the upstream
	 */
	static Upstream upstream(ApplicationContext context) {
		return stats(context).members().iterator().next();
	}

	static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

	/**
	 * Something to do in an application.
	 *
	 * @param <T> what it gives
	 */
	@FunctionalInterface
	interface Scenario<T> {

		T run(ApplicationContext context) throws Exception;

	}

	/**
	 * Clients that share no connections.
	 *
	 * @param factories what makes their requests
	 */
	record IsolatedClients(List<ClientHttpRequestFactory> factories) implements AutoCloseable {

		List<RestClient> clients() {
			return this.factories.stream()
				.map((factory) -> RestClient.builder().requestFactory(factory).build())
				.toList();
		}

		@Override
		public void close() {
			for (ClientHttpRequestFactory factory : this.factories) {
				try {
					((DisposableBean) factory).destroy();
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			}
		}

	}

	private static final class Result<T> {

		private T value;

	}

}
