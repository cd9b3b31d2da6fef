package dev.tidepool.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import org.reactivestreams.Subscription;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import dev.tidepool.CallTimeout;

/**
 * WebClient as an application of Spring Boot has it, on one of its connectors. The path
 * is a string, as users write it. Without Tidepool only the size of the pool differs from
 * the defaults: it is as large as the requests in flight.
 */
final class WebClientOfBoot implements AsyncClient {

	private final Request request;

	private final byte[] body;

	private final int inFlight;

	private final String path;

	private final ConfigurableApplicationContext context;

	private final WebClient client;

	/**
	 * Take the client from an application.
	 * @param request what it calls
	 * @param inFlight how many requests will be in flight
	 * @param context the application
	 * @param connector how the name of its connector's class has to start
	 */
	WebClientOfBoot(Request request, int inFlight, ConfigurableApplicationContext context, String connector) {
		this.request = request;
		this.body = request.exchange().sent();
		this.inFlight = inFlight;
		this.path = request.uri().getRawPath();
		this.context = context;
		requireConnector(connector);
		this.client = context.getBean(WebClient.Builder.class)
			.baseUrl(request.uri().resolve("/").toString())
			.defaultStatusHandler((status) -> status.value() != 200,
					(response) -> Mono.error(new IllegalStateException("Status " + response.statusCode())))
			.build();
	}

	private void requireConnector(String expected) {
		String connector = this.context.getBean(ClientHttpConnector.class).getClass().getName();
		if (!connector.startsWith(expected)) {
			this.context.close();
			throw new IllegalStateException("WebClient runs on %s, and not on %s".formatted(connector, expected));
		}
	}

	static WebClientOfBoot onReactorNetty(Request request, int inFlight) {
		return new WebClientOfBoot(request, inFlight, plain(request, "reactor", inFlight, ReactorNettyPool.class),
				"org.springframework.http.client.reactive.ReactorClientHttpConnector");
	}

	static WebClientOfBoot onHttpComponents(Request request, int inFlight) {
		return new WebClientOfBoot(request, inFlight,
				plain(request, "http-components", inFlight, HttpComponentsPool.class),
				"org.springframework.http.client.reactive.HttpComponentsClientHttpConnector");
	}

	private static ConfigurableApplicationContext plain(Request request, String connector, int inFlight,
			Class<?> pool) {
		return Application.run(request, Map.of("tidepool.enabled", false, "spring.http.clients.reactive.connector",
				connector, "benchmark.in-flight", inFlight), pool);
	}

	@Override
	public void call(Answer answer) {
		message().retrieve().bodyToMono(byte[].class).subscribe(new Body(answer));
	}

	private WebClient.RequestHeadersSpec<?> message() {
		return this.request.isPost()
				? this.client.post().uri(this.path).contentType(MediaType.APPLICATION_JSON).bodyValue(this.body)
				: this.client.get().uri(this.path);
	}

	/**
	 * Make one call that has a deadline of its own.
	 * @param uri where to
	 * @param timeout how long it may take
	 */
	void call(URI uri, Duration timeout) {
		this.client.get().uri(uri).attributes(CallTimeout.of(timeout)).retrieve().toBodilessEntity().block();
	}

	@Override
	public void check(long calls) throws InterruptedException {
		KeptSockets.check(this.request.uri(), this.inFlight);
	}

	@Override
	public void close() {
		this.context.close();
	}

	private static final class Body implements CoreSubscriber<byte[]> {

		private final Answer answer;

		private int length;

		Body(Answer answer) {
			this.answer = answer;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(byte[] body) {
			this.length = body.length;
		}

		@Override
		public void onError(Throwable ex) {
			this.answer.failed(ex);
		}

		@Override
		public void onComplete() {
			this.answer.answered(this.length);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactorNettyPool {

		@Bean(destroyMethod = "dispose")
		ConnectionProvider connectionProvider(@Value("${benchmark.in-flight}") int inFlight) {
			return ConnectionProvider.create("benchmark", inFlight);
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> pool(ConnectionProvider provider) {
			return (builder) -> builder.withHttpClientFactory(() -> HttpClient.create(provider));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HttpComponentsPool {

		@Bean
		ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> pool(
				@Value("${benchmark.in-flight}") int inFlight) {
			return (builder) -> builder.withConnectionManagerCustomizer(
					(manager) -> manager.setMaxConnPerRoute(inFlight).setMaxConnTotal(inFlight));
		}

	}

}
