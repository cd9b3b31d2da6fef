package dev.tidepool.actuate;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.testsupport.ScriptedServer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The endpoint in a web application on a real port.
 */
@ExtendWith(OutputCaptureExtension.class)
class TidepoolEndpointIT {

	private static final String UNRESTRICTED = "--management.endpoint.tidepool.access=unrestricted";

	private ScriptedServer server;

	private final CountDownLatch answer = new CountDownLatch(1);

	@BeforeEach
	void startServer() throws Exception {
		this.server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/held")) {
				this.answer.await(30, TimeUnit.SECONDS);
			}
			exchange.respond(200, "fine");
		});
	}

	@AfterEach
	void stopServer() throws Exception {
		this.answer.countDown();
		this.server.close();
	}

	@Test
	void numbersAreThoseThatTheServerSaw() {
		try (ConfigurableApplicationContext context = run("--tidepool.upstreams.orders.base-url=" + this.server.url(),
				"--tidepool.upstreams.orders.pool.max-per-upstream=20",
				"--tidepool.upstreams.payments.hosts=payments")) {
			call(context, "");
			call(context, "");
			JsonNode all = json(exchange(context, HttpMethod.GET, "", null, 200));
			assertThat(all.at("/pools/0/name").asString()).isEqualTo("shared");
			assertThat(all.at("/pools/0/idle").asInt()).isOne();
			assertThat(all.at("/pools/0/byClient/blocking/idle").asInt()).isOne();
			assertThat(all.at("/pools/0/byClient/reactive/idle").asInt()).isZero();
			assertThat(all.at("/pools/0/sweeper/lastRunMillisAgo").asLong()).isBetween(0L, 10_000L);
			assertThat(all.at("/upstreams").findValuesAsString("name")).containsExactly("orders", "payments");
			JsonNode orders = all.at("/upstreams/0");
			assertThat(orders.at("/connections/opened").asInt()).isEqualTo(this.server.accepted()).isOne();
			assertThat(orders.at("/connections/idle").asInt()).isEqualTo(this.server.open());
			assertThat(orders.at("/connections/max").asInt()).isEqualTo(20);
			assertThat(orders.at("/callers/acquire/count").asInt()).isEqualTo(this.server.requests()).isEqualTo(2);
			assertThat(orders.at("/keepAlive/0/address").asString()).isEqualTo(this.server.url());
			assertThat(orders.has("settings")).isFalse();
			assertThat(all.at("/upstreams/1/connections/opened").asInt()).isZero();
			assertThat(all.at("/upstreams/1/connections/max").asInt()).isEqualTo(200);
			assertThat(all.at("/settings/0/property").asString()).isEqualTo("tidepool.pool.max-total");
			JsonNode detail = json(exchange(context, HttpMethod.GET, "/orders", null, 200));
			assertThat(detail.at("/connections/ages/0/state").asString()).isEqualTo("idle");
			assertThat(detail.at("/connections/ages/0/requests").asInt()).isEqualTo(2);
			assertThat(detail.at("/settings/0").toString()).contains("commandLineArgs",
					"tidepool.upstreams.orders.pool.max-per-upstream", "\"value\":\"20\"", "\"source\":\"property\"");
			assertThat(json(exchange(context, HttpMethod.GET, "/payments", null, 200)).at("/connections/ages").size())
				.isZero();
		}
	}

	@Test
	void endpointIsNotExposedByDefaultAndOnlyReadsWhenExposed() {
		try (ConfigurableApplicationContext context = run("--management.endpoints.web.exposure.include=health")) {
			exchange(context, HttpMethod.GET, "", null, 404);
		}
		try (ConfigurableApplicationContext context = run(
				"--tidepool.upstreams.orders.base-url=" + this.server.url())) {
			call(context, "");
			exchange(context, HttpMethod.POST, "", Map.of("maxTotal", 5), 405);
			exchange(context, HttpMethod.POST, "/orders", Map.of("maxPerUpstream", 5), 405);
			exchange(context, HttpMethod.DELETE, "", null, 405);
			exchange(context, HttpMethod.DELETE, "/orders", null, 405);
			assertThat(this.server.open()).isOne();
			assertThat(json(exchange(context, HttpMethod.GET, "/orders", null, 200)).at("/connections/max").asInt())
				.isEqualTo(200);
		}
	}

	@Test
	void loweredLimitEvictsAtOnceAndIsLogged(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run(UNRESTRICTED,
				"--tidepool.upstreams.orders.base-url=" + this.server.url(),
				"--tidepool.keep-alive.upstream-timeout=10m")) {
			callTogether(context, 4);
			assertThat(this.server.open()).isEqualTo(4);
			assertThat(json(exchange(context, HttpMethod.POST, "/orders", Map.of("maxPerUpstream", 1), 200)).toString())
				.isEqualTo("{\"upstream\":\"orders\",\"limit\":\"max-per-upstream\",\"before\":200,\"inForce\":1}");
			Awaitility.await().untilAsserted(() -> assertThat(this.server.open()).isOne());
			assertThat(output).contains("Changed max-per-upstream of upstream 'orders' from 200 to 1");
			JsonNode orders = json(exchange(context, HttpMethod.GET, "/orders", null, 200));
			assertThat(orders.at("/connections/max").asInt()).isOne();
			assertThat(orders.at("/settings/0").toString()).isEqualTo(
					"{\"property\":\"tidepool.pool.max-per-upstream\"," + "\"value\":\"1\",\"source\":\"changed\"}");
			exchange(context, HttpMethod.POST, "", Map.of("maxTotal", 7), 200);
			JsonNode all = json(exchange(context, HttpMethod.GET, "", null, 200));
			assertThat(all.at("/pools/0/maxTotal").asInt()).isEqualTo(7);
			assertThat(all.at("/settings/0/source").asString()).isEqualTo("changed");
			assertThat(output).contains("Changed max-total from 1000 to 7");
		}
	}

	@Test
	void idleConnectionsAreEvictedOfOneUpstreamOrOfAll(CapturedOutput output) throws Exception {
		try (ScriptedServer other = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ConfigurableApplicationContext context = run(UNRESTRICTED,
						"--tidepool.upstreams.orders.base-url=" + this.server.url(),
						"--tidepool.upstreams.other.base-url=" + other.url(),
						"--tidepool.keep-alive.upstream-timeout=10m")) {
			call(context, "");
			context.getBean(RestClient.class).get().uri(other.url()).retrieve().toBodilessEntity();
			assertThat(exchange(context, HttpMethod.DELETE, "/orders", null, 200)).isEqualTo("{\"evicted\":1}");
			Awaitility.await().untilAsserted(() -> assertThat(this.server.open()).isZero());
			assertThat(other.open()).isOne();
			call(context, "");
			assertThat(exchange(context, HttpMethod.DELETE, "", null, 200)).isEqualTo("{\"evicted\":2}");
			Awaitility.await().untilAsserted(() -> assertThat(this.server.open() + other.open()).isZero());
			assertThat(output).contains("Evicted 1 idle connections of upstream 'orders'",
					"Evicted 2 idle connections, all there were");
		}
	}

	@Test
	void wrongRequestsAreToldWhatIsWrongAndChangeNothing() {
		try (ConfigurableApplicationContext context = run(UNRESTRICTED,
				"--tidepool.upstreams.orders.base-url=" + this.server.url(), "--tidepool.pool.max-total=300")) {
			assertThat(exchange(context, HttpMethod.POST, "", Map.of("maxTotal", 0), 400))
				.contains("'max-total' is '0' but must be at least 1. Set the number of connections");
			assertThat(exchange(context, HttpMethod.POST, "/orders", Map.of("maxPerUpstream", -1), 400))
				.contains("'max-per-upstream' is '-1' but must be at least 1.");
			assertThat(exchange(context, HttpMethod.POST, "/orders", Map.of("maxPerUpstream", 301), 400))
				.contains("is above max-total, which is 300");
			exchange(context, HttpMethod.POST, "", Map.of(), 400);
			exchange(context, HttpMethod.POST, "", Map.of("maxTotal", "many"), 400);
			for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE)) {
				assertThat(exchange(context, method, "/nosuch",
						(method == HttpMethod.POST) ? Map.of("maxPerUpstream", 5) : null, 404))
					.contains("message", "'nosuch'");
			}
			JsonNode all = json(exchange(context, HttpMethod.GET, "", null, 200));
			assertThat(all.at("/pools/0/maxTotal").asInt()).isEqualTo(300);
			assertThat(all.at("/upstreams/0/connections/max").asInt()).isEqualTo(200);
		}
	}

	@Test
	void namesWithColonsDotsAndBracketsAreFound() {
		try (ConfigurableApplicationContext context = run(UNRESTRICTED,
				"--tidepool.upstreams[[::1]:8080].hosts=[::1]:8080", "--tidepool.upstreams[a b.c%d].hosts=elsewhere")) {
			call(context, "");
			for (String name : List.of("localhost:" + this.server.port(), "[::1]:8080", "a b.c%d")) {
				assertThat(json(exchange(context, HttpMethod.GET, "/" + UriUtils.encode(name, UTF_8), null, 200))
					.path("name")
					.asString()).isEqualTo(name);
				exchange(context, HttpMethod.POST, "/" + UriUtils.encode(name, UTF_8), Map.of("maxPerUpstream", 9),
						200);
			}
			exchange(context, HttpMethod.GET, "/localhost:" + this.server.port(), null, 200);
		}
	}

	@Test
	void stateIsThereBehindAManagementPortAndContextPaths() {
		try (ConfigurableApplicationContext context = run("--tidepool.upstreams.orders.base-url=" + this.server.url(),
				"--server.servlet.context-path=/shop", "--management.server.port=0",
				"--management.server.address=127.0.0.1", "--management.server.base-path=/ops",
				"--management.endpoints.web.base-path=/state")) {
			call(context, "");
			String port = context.getEnvironment().getProperty("local.management.port");
			JsonNode orders = json(RestClient.create("http://127.0.0.1:" + port + "/ops/state/tidepool/orders")
				.get()
				.retrieve()
				.body(String.class));
			assertThat(orders.at("/connections/idle").asInt()).isEqualTo(this.server.open()).isOne();
		}
	}

	@Test
	void noSecretIsShown() {
		String secret = "dont-show-me";
		String proxy = "http://localhost:" + this.server.port();
		try (ConfigurableApplicationContext context = run(UNRESTRICTED, "--tidepool.proxy.url=" + proxy,
				"--tidepool.proxy.username=user-" + secret, "--tidepool.proxy.password=" + secret,
				"--tidepool.upstreams.orders.base-url=http://user:" + secret + "@orders.invalid/path?token=" + secret,
				"--management.endpoints.web.exposure.include=tidepool,health",
				"--management.endpoint.health.show-details=always")) {
			context.getBean(RestClient.class)
				.get()
				.uri("http://orders.invalid/path?token=" + secret)
				.header("Authorization", secret)
				.header("Cookie", secret)
				.retrieve()
				.toBodilessEntity();
			assertThat(this.server.log().toString()).contains(secret);
			List<String> shown = new ArrayList<>();
			shown.add(exchange(context, HttpMethod.GET, "", null, 200));
			shown.add(exchange(context, HttpMethod.GET, "/orders", null, 200));
			shown.add(RestClient.create(actuator(context) + "/health").get().retrieve().body(String.class));
			assertThat(shown).noneMatch((text) -> text.contains(secret));
			assertThat(shown.get(1)).contains("http://orders.invalid:80", "\"proxy\":\"localhost:" + this.server.port(),
					"\"property\":\"tidepool.proxy.password\",\"value\":\"******\"");
			assertThat(shown.get(2)).contains("\"tidepool\"", "\"orders\"", "\"state\":\"ok\"");
		}
	}

	@Test
	void jmxShowsTheSameAndChecksTheSame() throws Exception {
		MBeanServer mbeans = ManagementFactory.getPlatformMBeanServer();
		try (ConfigurableApplicationContext context = run(UNRESTRICTED, "--spring.jmx.enabled=true",
				"--spring.jmx.unique-names=true", "--management.endpoints.jmx.exposure.include=tidepool",
				"--tidepool.upstreams.orders.base-url=" + this.server.url())) {
			call(context, "");
			ObjectName name = mbeans.queryNames(new ObjectName("*:type=Endpoint,name=Tidepool,*"), null)
				.iterator()
				.next();
			assertThat(mbeans.invoke(name, "upstream", new Object[] { "orders" }, signature(String.class)).toString())
				.contains("name=orders", "opened=1");
			assertThat(mbeans.invoke(name, "tidepool", new Object[0], new String[0]).toString()).contains("byClient");
			mbeans.invoke(name, "limitUpstream", new Object[] { "orders", 3 }, signature(String.class, Integer.class));
			assertThat(json(exchange(context, HttpMethod.GET, "/orders", null, 200)).at("/connections/max").asInt())
				.isEqualTo(3);
			assertThatExceptionOfType(Exception.class)
				.isThrownBy(() -> mbeans.invoke(name, "limitTotal", new Object[] { 0 }, signature(Integer.class)))
				.withMessageContaining("must be at least 1");
			assertThatExceptionOfType(Exception.class)
				.isThrownBy(() -> mbeans.invoke(name, "evictIdleOfUpstream", new Object[] { "nosuch" },
						signature(String.class)))
				.withMessageContaining("nosuch");
			assertThat(mbeans.invoke(name, "evictIdle", new Object[0], new String[0])).hasToString("{evicted=1}");
		}
	}

	private static String[] signature(Class<?>... types) {
		return Stream.of(types).map(Class::getName).toArray(String[]::new);
	}

	private void call(ConfigurableApplicationContext context, String path) {
		context.getBean(RestClient.class).get().uri(this.server.url() + path).retrieve().toBodilessEntity();
	}

	private void callTogether(ConfigurableApplicationContext context, int calls) throws InterruptedException {
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < calls; i++) {
			Thread thread = new Thread(() -> call(context, "/held"));
			thread.start();
			threads.add(thread);
		}
		Awaitility.await().untilAsserted(() -> assertThat(this.server.requests()).isEqualTo(calls));
		this.answer.countDown();
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private static JsonNode json(String text) {
		return JsonMapper.shared().readTree(text);
	}

	private static String exchange(ConfigurableApplicationContext context, HttpMethod method, String path, Object body,
			int status) {
		RestClient.RequestBodySpec request = RestClient.create()
			.method(method)
			.uri(URI.create(actuator(context) + "/tidepool" + path));
		if (body != null) {
			request.contentType(MediaType.APPLICATION_JSON).body(body);
		}
		ResponseEntity<String> response = request.retrieve().onStatus((each) -> true, (sent, received) -> {
		}).toEntity(String.class);
		assertThat(response.getStatusCode().value()).as("%s %s: %s", method, path, response.getBody())
			.isEqualTo(status);
		return response.getBody();
	}

	private static String actuator(ConfigurableApplicationContext context) {
		return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/actuator";
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		SpringApplication application = new SpringApplication(WebApplication.class);
		application.setRegisterShutdownHook(false);
		application.setDefaultProperties(Map.of("server.port", "0", "server.address", "127.0.0.1",
				"spring.main.banner-mode", "off", "management.endpoints.web.exposure.include", "tidepool",
				// The first request to an endpoint takes its time
				"tidepool.keep-alive.upstream-timeout", "10m"));
		return application.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

	}

}
