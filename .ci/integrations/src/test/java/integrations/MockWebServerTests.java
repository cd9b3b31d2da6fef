package integrations;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What docs/testing.md says of a server on a port, with OkHttp's MockWebServer.
 */
@Timeout(60)
@SpringBootTest
@TestPropertySource(properties = { "spring.main.web-application-type=none",
		"tidepool.upstreams.hurried.timeout.response=200ms" })
class MockWebServerTests {

	@StartStop
	public static final MockWebServer server = new MockWebServer();

	private final RestClient stock;

	private final RestClient hurried;

	private final Upstreams upstreams;

	MockWebServerTests(@Autowired RestClient.Builder builder, @Autowired Upstreams upstreams) {
		this.stock = builder.clone().baseUrl(server.url("/").toString()).build();
		this.hurried = builder.clone().baseUrl(hurriedUrl()).build();
		this.upstreams = upstreams;
	}

	@DynamicPropertySource
	static void address(DynamicPropertyRegistry registry) {
		registry.add("tidepool.upstreams.stock.base-url", () -> server.url("/").toString());
		registry.add("tidepool.upstreams.hurried.base-url", MockWebServerTests::hurriedUrl);
	}

	/**
	 * The same server by another name, so that only who means to wait for a time-out has
	 * a short one.
	 */
	private static String hurriedUrl() {
		return server.url("/").newBuilder().host("127.0.0.1").build().toString();
	}

	@Test
	void getIsRepeatedUntilItIsAnswered() throws Exception {
		server.enqueue(status(503));
		server.enqueue(lostConnection());
		server.enqueue(answer("12"));
		assertThat(this.stock.get().uri("/stock/compass").retrieve().body(String.class)).isEqualTo("12");
		assertThat(arrived(3)).containsOnly("GET /stock/compass");
	}

	@Test
	void postIsSentOnce() throws Exception {
		server.enqueue(status(503));
		assertThatExceptionOfType(HttpServerErrorException.ServiceUnavailable.class).isThrownBy(() -> post(this.stock));
		server.enqueue(lostConnection());
		assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> post(this.stock));
		assertThat(arrived(2)).containsOnly("POST /stock/compass");
	}

	@Test
	void callEndsWithTheShortTimeoutOfTheTest() throws Exception {
		server.enqueue(new MockResponse.Builder().headersDelay(20, TimeUnit.SECONDS).build());
		assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> post(this.hurried))
			.withMessageContaining("tidepool.timeout.response");
		assertThat(arrived(1)).containsOnly("POST /stock/compass");
	}

	@Test
	void callsAreOfTheUpstreamThatTheConfigurationNames() throws Exception {
		server.enqueue(answer("12"));
		this.stock.get().uri("/stock/compass").retrieve().body(String.class);
		arrived(1);
		assertThat(this.upstreams.stats()).extracting(UpstreamStats::tag).contains("stock").isSubsetOf("stock", "hurried");
	}

	private static void post(RestClient client) {
		client.post()
			.uri("/stock/compass")
			.contentType(MediaType.TEXT_PLAIN)
			.body("12")
			.retrieve()
			.toBodilessEntity();
	}

	private static MockResponse status(int code) {
		return new MockResponse.Builder().code(code).build();
	}

	private static MockResponse lostConnection() {
		return new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
	}

	private static MockResponse answer(String body) {
		return new MockResponse.Builder().setHeader("Content-Type", "text/plain").body(body).build();
	}

	private static List<String> arrived(int number) throws InterruptedException {
		List<String> arrived = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
			assertThat(request).as("request %d", i + 1).isNotNull();
			arrived.add(request.getMethod() + " " + request.getTarget());
		}
		assertThat(server.takeRequest(1, TimeUnit.MILLISECONDS)).as("one more request").isNull();
		return arrived;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
