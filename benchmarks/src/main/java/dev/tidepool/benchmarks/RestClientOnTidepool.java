package dev.tidepool.benchmarks;

import java.net.URI;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

import dev.tidepool.TidepoolMeter;

/**
 * RestClient as an application with the starter has it, all settings at their defaults
 * and the meters bound. The path is a string, as users write it.
 */
final class RestClientOnTidepool implements Client {

	private final int callers;

	private final String path;

	private final ConfigurableApplicationContext context;

	private final MeterRegistry registry;

	private final RestClient client;

	RestClientOnTidepool(URI uri, int callers) {
		this.callers = callers;
		this.path = uri.getRawPath();
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.run();
		this.registry = this.context.getBean(MeterRegistry.class);
		this.context.getBeanProvider(MeterBinder.class).forEach((binder) -> binder.bindTo(this.registry));
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

	/**
	 * The calls went through the pool, each waited for a connection once, and the
	 * connections were kept.
	 */
	@Override
	public void check(long calls) {
		long acquired = this.registry.get(TidepoolMeter.ACQUIRE.meterName()).tag("outcome", "success").timer().count();
		double opened = this.registry.get(TidepoolMeter.OPENED.meterName()).functionCounter().count();
		if (acquired != calls || opened < 1 || opened > this.callers) {
			throw new IllegalStateException("%d calls by %d callers acquired %d connections and opened %.0f"
				.formatted(calls, this.callers, acquired, opened));
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
