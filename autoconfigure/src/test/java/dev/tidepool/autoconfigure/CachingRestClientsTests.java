package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.DefaultUriBuilderFactory.EncodingMode;

import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CachingRestClients} and its builder.
 */
class CachingRestClientsTests {

	private static final String BASE = "https://inventory.example.com/v1";

	private static final String OTHER = "https://orders.example.com/v2";

	@ParameterizedTest
	@MethodSource("uses")
	void callsWhatSpringsWouldCall(UnaryOperator<RestClient.Builder> use) {
		List<String> called = called(use.apply(CachingRestClients.builder()));
		assertThat(called).isEqualTo(called(use.apply(RestClient.builder()))).isNotEmpty();
	}

	static Stream<Named<UnaryOperator<RestClient.Builder>>> uses() {
		return Stream.of(use("nothing", (builder) -> builder), use("base URL", (builder) -> builder.baseUrl(BASE)),
				use("base URI", (builder) -> builder.baseUrl(URI.create(BASE))),
				use("another base URL", (builder) -> builder.baseUrl(BASE).baseUrl(OTHER)),
				use("default values",
						(builder) -> builder.baseUrl("https://{region}.example.com")
							.defaultUriVariables(Map.of("region", "north", "id", 5))),
				use("values that change", CachingRestClientsTests::withValuesThatChange),
				use("factory", (builder) -> builder.baseUrl(BASE).uriBuilderFactory(withoutEncoding(OTHER))),
				use("factory before", (builder) -> builder.uriBuilderFactory(withoutEncoding(OTHER)).baseUrl(BASE)),
				use("applied", (builder) -> builder.apply((applied) -> applied.baseUrl(BASE))),
				use("cloned", (builder) -> builder.baseUrl(BASE).clone()),
				use("changed when cloned", (builder) -> changed(builder.baseUrl(BASE), builder.clone())),
				use("mutated", (builder) -> builder.baseUrl(BASE).build().mutate()),
				use("mutated, another base URL", (builder) -> builder.baseUrl(BASE).build().mutate().baseUrl(OTHER)),
				use("mutated, factory",
						(builder) -> builder.baseUrl(BASE).build().mutate().uriBuilderFactory(withoutEncoding(OTHER))),
				use("factory, mutated",
						(builder) -> builder.uriBuilderFactory(withoutEncoding(OTHER)).build().mutate().baseUrl(BASE)),
				use("changed when built", (builder) -> {
					RestClient built = builder.baseUrl(BASE).build();
					builder.baseUrl(OTHER);
					return built.mutate();
				}), use("mutated twice", (builder) -> {
					RestClient built = builder.baseUrl(BASE).build();
					built.mutate().baseUrl(OTHER);
					return built.mutate();
				}));
	}

	private static Named<UnaryOperator<RestClient.Builder>> use(String name, UnaryOperator<RestClient.Builder> use) {
		return Named.of(name, use);
	}

	private static RestClient.Builder withValuesThatChange(RestClient.Builder builder) {
		Map<String, Object> values = new HashMap<>(Map.of("region", "north"));
		builder.baseUrl("https://{region}.example.com").defaultUriVariables(values);
		values.put("region", "south");
		RestClient.Builder clone = builder.clone();
		values.put("region", "west");
		return clone;
	}

	private static RestClient.Builder changed(RestClient.Builder builder, RestClient.Builder clone) {
		builder.baseUrl(OTHER);
		return clone;
	}

	private static DefaultUriBuilderFactory withoutEncoding(String base) {
		DefaultUriBuilderFactory factory = new DefaultUriBuilderFactory(base);
		factory.setEncodingMode(EncodingMode.NONE);
		return factory;
	}

	private static List<String> called(RestClient.Builder builder) {
		List<String> called = new ArrayList<>();
		RestClient client = builder.requestFactory(recording(called)).build();
		for (int i = 0; i < 4; i++) {
			String id = "a b/" + i;
			attempt(called, () -> client.get());
			attempt(called, () -> client.get().uri("/items?color=dark blue"));
			attempt(called, () -> client.get().uri("https://other.example.com/items"));
			attempt(called, () -> client.get().uri(URI.create("/resolved")));
			attempt(called, () -> client.get().uri((uri) -> uri.path("/built").queryParam("page", 2).build()));
			attempt(called, () -> client.get().uri("/items/{id}", Map.of("id", id)));
			attempt(called, () -> client.get().uri("/items/{id}", id));
			attempt(called, () -> client.get().uri("/items/{id}"));
		}
		return called;
	}

	private static void attempt(List<String> called, Supplier<RestClient.RequestHeadersSpec<?>> call) {
		try {
			call.get().attributes((attributes) -> called.add(String.valueOf(attributes))).retrieve().toBodilessEntity();
		}
		catch (ResourceAccessException ex) {
			assertThat(ex).hasRootCauseMessage("Recorded");
		}
		catch (IllegalArgumentException ex) {
			called.add(String.valueOf(ex.getMessage()));
		}
	}

	private static ClientHttpRequestFactory recording(List<String> called) {
		return (uri, method) -> {
			called.add(uri.toString());
			throw new IOException("Recorded");
		};
	}

	@Test
	void keepsUris() {
		assertThat(uris(CachingRestClients.builder().baseUrl(BASE))).hasSize(2);
		assertThat(uris(CachingRestClients.builder().baseUrl(BASE).build().mutate().baseUrl(OTHER))).hasSize(2);
		assertThat(uris(RestClient.builder().baseUrl(BASE))).hasSize(10);
	}

	/**
	 * The URIs of ten calls, each that is another object once.
	 */
	private static List<URI> uris(RestClient.Builder builder) {
		List<URI> uris = new ArrayList<>();
		RestClient client = builder.requestFactory((uri, method) -> {
			if (uris.stream().noneMatch((known) -> known == uri)) {
				uris.add(uri);
			}
			throw new IOException("Recorded");
		}).build();
		for (int i = 0; i < 10; i++) {
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> client.get().uri("/items").retrieve().toBodilessEntity());
		}
		return uris;
	}

	@Test
	void isOneBuilderFromFirstToLast() {
		RestClient.Builder builder = CachingRestClients.builder();
		List<RestClient.Builder> applied = new ArrayList<>();
		assertThat(builder.baseUrl(BASE).defaultHeader("X-Id", "1").apply(applied::add).defaultApiVersion(null))
			.isSameAs(builder)
			.isEqualTo(builder)
			.hasSameHashCodeAs(builder)
			.isNotEqualTo(builder.clone());
		assertThat(applied).containsExactly(builder);
		RestClient client = builder.build();
		assertThat(client).isEqualTo(client).hasSameHashCodeAs(client).isNotEqualTo(builder.build());
		assertThat(client.toString()).startsWith("org.springframework.web.client.DefaultRestClient@");
	}

	@Test
	void failuresAreThoseOfSprings() {
		RestClient.Builder builder = CachingRestClients.builder();
		IllegalStateException ofTheApplication = new IllegalStateException("Of the application");
		assertThatIllegalStateException().isThrownBy(() -> builder.requestInterceptors((interceptors) -> {
			throw ofTheApplication;
		})).isSameAs(ofTheApplication);
	}

	@Test
	void customizersAreAskedOnceAndTheirBaseUrlCounts() {
		List<RestClient.Builder> customized = new ArrayList<>();
		List<String> called = new ArrayList<>();
		TestRunners.application()
			.withBean(RestClientCustomizer.class, () -> (builder) -> customized.add(builder.baseUrl(BASE)))
			.run((context) -> {
				RestClient.Builder builder = context.getBean(RestClient.Builder.class);
				// The first is that of the ready client
				assertThat(customized).hasSize(2).last().isSameAs(builder);
				RestClient client = builder.requestFactory(recording(called)).build();
				attempt(called, () -> client.get().uri("/items"));
				assertThat(called).contains(BASE + "/items");
			});
	}

	@Test
	void everyRestClientOfTheApplicationKeepsUris() {
		TestRunners.application().run((context) -> {
			assertThat(context).hasSingleBean(RestClient.Builder.class).hasBean("restClientBuilder");
			assertThat(uris(context.getBean(RestClient.Builder.class).baseUrl(BASE))).hasSize(2);
			assertThat(uris(context.getBean(RestClient.class).mutate().baseUrl(BASE))).hasSize(2);
		});
	}

	@Test
	void backsOffToTheUsersBuilder() {
		RestClient.Builder own = RestClient.builder();
		TestRunners.application().withBean(RestClient.Builder.class, () -> own).run((context) -> {
			assertThat(context.getBean(RestClient.Builder.class)).isSameAs(own);
			assertThat(context).hasSingleBean(RestClient.class);
		});
	}

	@Test
	void leavesBootsBuilderAloneWithoutThePool() {
		TestRunners.application()
			.withPropertyValues("tidepool.enabled=false")
			.run((context) -> assertThat(uris(context.getBean(RestClient.Builder.class).baseUrl(BASE))).hasSize(10));
	}

	@Test
	void applicationThatExcludesBootsRestClientStarts() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TidepoolAutoConfiguration.class,
					TidepoolRestClientBuilderAutoConfiguration.class, TidepoolRestClientAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RestClient.class));
	}

}
