package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.tidepool.CallTimeout;

/**
 * RestClient as an application of Spring Boot has it, on one of its request factories.
 * The path is a string, as users write it; bodies are bytes, so that no converter of JSON
 * is measured.
 */
final class RestClientOfBoot implements BlockingClient {

	private final String path;

	private final boolean post;

	private final byte[] body;

	private final ConfigurableApplicationContext context;

	private final RestClient client;

	private final @Nullable ClientHttpRequestFactory factory;

	private RestClientOfBoot(Request request, ConfigurableApplicationContext context,
			@Nullable ClientHttpRequestFactory factory) {
		this.path = request.uri().getRawPath();
		this.post = request.isPost();
		this.body = request.exchange().sent();
		this.context = context;
		this.factory = factory;
		RestClient.Builder builder = context.getBean(RestClient.Builder.class)
			.baseUrl(request.uri().resolve("/"))
			.defaultStatusHandler((status) -> status.value() != 200, (message, response) -> {
				throw new IllegalStateException("Status " + response.getStatusCode());
			});
		this.client = ((factory != null) ? builder.requestFactory(factory) : builder).build();
	}

	/**
	 * Take the client from an application that is on Tidepool.
	 * @param request what it calls
	 * @param context the application
	 */
	static RestClientOfBoot onTidepool(Request request, ConfigurableApplicationContext context) {
		require(context, "dev.tidepool.");
		return new RestClientOfBoot(request, context, null);
	}

	static RestClientOfBoot onTuned(Request request, int callers) {
		return new RestClientOfBoot(request, plain(request, "http-components"),
				new HttpComponentsClientHttpRequestFactory(HttpClientAlone.tunedClient(request, callers)));
	}

	static RestClientOfBoot onHttpComponents(Request request, int callers) {
		return onFactory(request, "http-components", "HttpComponents");
	}

	static RestClientOfBoot onJetty(Request request, int callers) {
		return onFactory(request, "jetty", "Jetty");
	}

	static RestClientOfBoot onReactor(Request request, int callers) {
		return onFactory(request, "reactor", "Reactor");
	}

	static RestClientOfBoot onJdk(Request request, int callers) {
		return onFactory(request, "jdk", "Jdk");
	}

	private static RestClientOfBoot onFactory(Request request, String name, String prefix) {
		ConfigurableApplicationContext context = plain(request, name);
		ClientHttpRequestFactoryBuilder<?> builder = require(context, "org.springframework.boot.http.client." + prefix);
		// The one that Boot makes for itself is never closed
		return new RestClientOfBoot(request, context, builder.build(context.getBean(HttpClientSettings.class)));
	}

	private static ConfigurableApplicationContext plain(Request request, String factory) {
		return Application.run(request,
				Map.of("tidepool.enabled", false, "spring.http.clients.imperative.factory", factory));
	}

	private static ClientHttpRequestFactoryBuilder<?> require(ConfigurableApplicationContext context, String expected) {
		ClientHttpRequestFactoryBuilder<?> builder = context.getBean(ClientHttpRequestFactoryBuilder.class);
		if (!builder.getClass().getName().startsWith(expected)) {
			context.close();
			throw new IllegalStateException(
					"RestClient runs on %s, and not on %s".formatted(builder.getClass().getName(), expected));
		}
		return builder;
	}

	@Override
	public int call() {
		byte[] answer = this.post ? this.client.post()
			.uri(this.path)
			.contentType(MediaType.APPLICATION_JSON)
			.body(this.body)
			.retrieve()
			.body(byte[].class) : this.client.get().uri(this.path).retrieve().body(byte[].class);
		return (answer != null) ? answer.length : 0;
	}

	/**
	 * Make one call that has a deadline of its own.
	 * @param uri where to
	 * @param timeout how long it may take
	 */
	void call(URI uri, Duration timeout) {
		this.client.get().uri(uri).attributes(CallTimeout.of(timeout)).retrieve().toBodilessEntity();
	}

	@Override
	public void close() throws IOException {
		this.context.close();
		try {
			if (this.factory instanceof DisposableBean disposable) {
				disposable.destroy();
			}
		}
		catch (Exception ex) {
			throw new IOException("The client could not be closed", ex);
		}
	}

}
