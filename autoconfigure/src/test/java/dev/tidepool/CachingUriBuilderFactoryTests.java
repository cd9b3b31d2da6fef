package dev.tidepool;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.DefaultUriBuilderFactory.EncodingMode;
import org.springframework.web.util.UriBuilder;

import dev.tidepool.testsupport.Together;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.method;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

/**
 * Tests for {@link CachingUriBuilderFactory}.
 */
class CachingUriBuilderFactoryTests {

	private static final String BASE = "https://inventory.example.com/v1";

	private static final List<String> TEMPLATES = List.of("", "/", "/items", "/items?color=dark blue", "items",
			"/items/{id}", "/items/{id}?color={color}", "https://other.example.com/items", "/items#there", "?color=red",
			"/%20", "/ä", "/a;b=c/d", "//other.example.com/items", "/items/{id:[a-z]+}", "/items" + "x".repeat(600));

	private static final Object[] VARIABLES = { "a b/c", "grün&rot" };

	@ParameterizedTest
	@EnumSource
	void makesTheUrisThatSpringMakes(EncodingMode mode) {
		DefaultUriBuilderFactory spring = new DefaultUriBuilderFactory(BASE);
		DefaultUriBuilderFactory caching = new CachingUriBuilderFactory(BASE);
		spring.setEncodingMode(mode);
		caching.setEncodingMode(mode);
		for (int i = 0; i < 5; i++) {
			for (String template : TEMPLATES) {
				assertThat(outcome(caching, template)).as(template).isEqualTo(outcome(spring, template));
			}
		}
	}

	private static List<String> outcome(DefaultUriBuilderFactory factory, String template) {
		List<String> outcome = new ArrayList<>();
		outcome.add(factory.uriString(template).toUriString());
		outcome.add(uri(() -> factory.expand(template, VARIABLES)));
		outcome.add(uri(() -> factory.expand(template, Map.of("id", "a b/c", "color", "grün&rot"))));
		outcome.add(uri(() -> factory.uriString(template).queryParam("page", 2).build(VARIABLES)));
		UriBuilder changed = factory.uriString(template);
		changed.scheme("http").userInfo("me").host("localhost").port(80).port("81").fragment("here");
		changed.path("/more").pathSegment("and", "more").replacePath("/{id}").query("a=b").replaceQuery("c=d");
		outcome.add(changed.toUriString());
		outcome.add(uri(() -> changed.build(VARIABLES)));
		return outcome;
	}

	private static String uri(Supplier<URI> expansion) {
		try {
			return expansion.get().toString();
		}
		catch (IllegalArgumentException ex) {
			return "refused";
		}
	}

	@Test
	void keepsTheUriOfTemplatesWithoutVariables() {
		CachingUriBuilderFactory factory = new CachingUriBuilderFactory(BASE);
		for (int i = 0; i < 2; i++) {
			assertThat(factory.expand("/items")).isNotSameAs(factory.expand("/other"));
		}
		assertThat(factory.expand("/items")).isSameAs(factory.expand("/items")).hasToString(BASE + "/items");
		assertThat(factory.expand("/items", Map.of())).isSameAs(factory.expand("/items"));
	}

	@Test
	void keepsNothingOfTemplatesOfOneCall() {
		CachingUriBuilderFactory factory = new CachingUriBuilderFactory(BASE);
		for (int i = 0; i < 1000; i++) {
			String template = "/items/" + i;
			assertThat(factory.uriString(template)).isNotInstanceOf(ExpandedUriBuilder.class);
			URI first = factory.expand(template);
			assertThat(first).hasToString(BASE + template);
			assertThat(factory.uriString("/often")).isInstanceOfAny(UriBuilder.class);
		}
		assertThat(factory.uriString("/often")).isInstanceOf(ExpandedUriBuilder.class);
	}

	@Test
	void nullIsTheBaseUrlAsWithSpring() {
		assertThat(new CachingUriBuilderFactory(BASE).uriString(nothing()).toUriString()).isEqualTo(BASE);
		assertThat(new CachingUriBuilderFactory(BASE).expand(nothing())).hasToString(BASE);
	}

	@SuppressWarnings("NullAway")
	private static String nothing() {
		return null;
	}

	@Test
	void expandsVariablesAnewForEachCall() {
		CachingUriBuilderFactory factory = new CachingUriBuilderFactory("https://{region}.example.com");
		factory.setDefaultUriVariables(Map.of("region", "north"));
		assertThat(factory.expand("/items/{id}", Map.of("id", 1))).hasToString("https://north.example.com/items/1");
		assertThat(factory.expand("/items/{id}", Map.of("id", 2))).hasToString("https://north.example.com/items/2");
		assertThat(factory.expand("/items", Map.of("region", "south"))).hasToString("https://south.example.com/items");
		assertThat(factory.expand("/items", Map.of())).hasToString("https://north.example.com/items");
	}

	@Test
	void missingVariableIsRefusedEachTime() {
		CachingUriBuilderFactory factory = new CachingUriBuilderFactory(BASE);
		for (int i = 0; i < 3; i++) {
			assertThatIllegalArgumentException().isThrownBy(() -> factory.expand("/items/{id}"));
		}
	}

	@Test
	void threadsThatAskForManyTemplatesGetTheirOwnEach() throws Exception {
		CachingUriBuilderFactory factory = new CachingUriBuilderFactory(BASE);
		Together<Integer, Boolean> threads = new Together<>();
		for (int thread = 1; thread <= 4; thread++) {
			int step = thread;
			threads.start(thread, () -> {
				for (int i = 0; i < 20_000; i++) {
					String path = "/items/" + ((i * step) % 1000);
					assertThat(factory.expand(path)).hasToString(BASE + path);
					assertThat(factory.uriString(path).toUriString()).isEqualTo(BASE + path);
				}
				return true;
			});
		}
		assertThat(threads.results()).hasSize(4);
	}

	@Test
	void restClientCallsWhatItSays() {
		RestClient.Builder builder = RestClient.builder().uriBuilderFactory(new CachingUriBuilderFactory(BASE));
		MockRestServiceServer server = MockRestServiceServer.bindTo(builder).build();
		for (int i = 0; i < 3; i++) {
			server.expect(requestTo(BASE + "/items")).andExpect(method(HttpMethod.GET)).andRespond(withSuccess());
			server.expect(requestTo(BASE + "/items/7?page=2")).andRespond(withSuccess());
			server.expect(requestTo(BASE + "/items/7")).andRespond(withSuccess());
		}
		RestClient client = builder.build();
		for (int i = 0; i < 3; i++) {
			client.get().uri("/items").retrieve().toBodilessEntity();
			client.get().uri("/items/{id}", (uri) -> uri.queryParam("page", 2).build(7)).retrieve().toBodilessEntity();
			client.get().uri("/items/{id}", 7).retrieve().toBodilessEntity();
		}
		server.verify();
	}

}
