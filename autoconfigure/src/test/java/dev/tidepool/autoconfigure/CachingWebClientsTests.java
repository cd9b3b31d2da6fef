package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.DefaultUriBuilderFactory.EncodingMode;
import reactor.core.publisher.Mono;

import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CachingWebClients} and its builder.
 */
class CachingWebClientsTests {

	private static final String BASE = "https://inventory.example.com/v1";

	private static final String OTHER = "https://orders.example.com/v2";

	@ParameterizedTest
	@MethodSource("uses")
	void callsWhatSpringsWouldCall(UnaryOperator<WebClient.Builder> use) {
		List<String> called = called(use.apply(CachingWebClients.builder()));
		assertThat(called).isEqualTo(called(use.apply(WebClient.builder()))).isNotEmpty();
	}

	static Stream<Named<UnaryOperator<WebClient.Builder>>> uses() {
		return Stream.of(use("nothing", (builder) -> builder), use("base URL", (builder) -> builder.baseUrl(BASE)),
				use("default values",
						(builder) -> builder.baseUrl("https://{region}.example.com")
							.defaultUriVariables(Map.of("region", "north", "id", 5))),
				use("factory", (builder) -> builder.baseUrl(BASE).uriBuilderFactory(withoutEncoding())),
				use("applied", (builder) -> builder.apply((applied) -> applied.baseUrl(BASE))),
				use("cloned", (builder) -> builder.baseUrl(BASE).clone()),
				use("mutated, another base URL", (builder) -> builder.baseUrl(BASE).build().mutate().baseUrl(OTHER)),
				use("mutated, factory",
						(builder) -> builder.baseUrl(BASE).build().mutate().uriBuilderFactory(withoutEncoding())));
	}

	private static Named<UnaryOperator<WebClient.Builder>> use(String name, UnaryOperator<WebClient.Builder> use) {
		return Named.of(name, use);
	}

	private static DefaultUriBuilderFactory withoutEncoding() {
		DefaultUriBuilderFactory factory = new DefaultUriBuilderFactory(OTHER);
		factory.setEncodingMode(EncodingMode.NONE);
		return factory;
	}

	private static List<String> called(WebClient.Builder builder) {
		List<String> called = new ArrayList<>();
		WebClient client = builder.filter((request, next) -> {
			called.add(request.url().toString());
			return Mono.error(new IOException("Recorded"));
		}).build();
		for (int i = 0; i < 6; i++) {
			String id = "a b/" + i;
			attempt(called, () -> client.get());
			attempt(called, () -> client.get().uri("/items?color=dark blue"));
			attempt(called, () -> client.get().uri("https://other.example.com/items"));
			attempt(called, () -> client.get().uri((uri) -> uri.path("/built").queryParam("page", 2).build()));
			attempt(called, () -> client.get().uri("/items", (uri) -> uri.queryParam("page", 2).build()));
			attempt(called, () -> client.get().uri("/items/{id}", Map.of("id", id)));
			attempt(called, () -> client.get().uri("/items/{id}", id));
			attempt(called, () -> client.get().uri("/items/{id}"));
		}
		return called;
	}

	private static void attempt(List<String> called, Supplier<WebClient.RequestHeadersSpec<?>> call) {
		try {
			String failure = call.get()
				.attributes((attributes) -> called.add(String.valueOf(attributes)))
				.retrieve()
				.bodyToMono(String.class)
				.onErrorResume((ex) -> Mono.just(String.valueOf(ex.getMessage())))
				.block();
			called.add(String.valueOf(failure));
		}
		catch (IllegalArgumentException ex) {
			called.add(String.valueOf(ex.getMessage()));
		}
	}

	@Test
	void everyWebClientOfTheApplicationKeepsUris() {
		TestRunners.applicationWithBothClients().run((context) -> {
			assertThat(context).hasSingleBean(WebClient.Builder.class).hasBean("webClientBuilder");
			assertThat(uris(context.getBean(WebClient.Builder.class).baseUrl(BASE))).hasSize(4);
			assertThat(uris(context.getBean(WebClient.class).mutate().baseUrl(BASE))).hasSize(4);
		});
		assertThat(uris(WebClient.builder().baseUrl(BASE))).hasSize(10);
	}

	/**
	 * The URIs of ten calls, each that is another object once.
	 */
	private static List<URI> uris(WebClient.Builder builder) {
		List<URI> uris = new ArrayList<>();
		WebClient client = builder.filter((request, next) -> {
			if (uris.stream().noneMatch((known) -> known == request.url())) {
				uris.add(request.url());
			}
			return Mono.just(ClientResponse.create(HttpStatus.OK).build());
		}).build();
		for (int i = 0; i < 10; i++) {
			client.get().uri("/items").retrieve().bodyToMono(String.class).block();
		}
		return uris;
	}

	@Test
	void customizersAreAskedOnceAndTheirBaseUrlCounts() {
		List<WebClient.Builder> customized = new ArrayList<>();
		TestRunners.applicationWithBothClients()
			.withBean(WebClientCustomizer.class, () -> (builder) -> customized.add(builder.baseUrl(BASE)))
			.run((context) -> {
				WebClient.Builder builder = context.getBean(WebClient.Builder.class);
				// The first is that of the ready client
				assertThat(customized).hasSize(2).last().isSameAs(builder);
				assertThat(uris(builder)).first().hasToString(BASE + "/items");
			});
	}

	@Test
	void backsOffToTheUsersBuilder() {
		WebClient.Builder own = WebClient.builder();
		TestRunners.applicationWithBothClients().withBean(WebClient.Builder.class, () -> own).run((context) -> {
			assertThat(context.getBean(WebClient.Builder.class)).isSameAs(own);
			assertThat(context).hasSingleBean(WebClient.class);
		});
	}

}
