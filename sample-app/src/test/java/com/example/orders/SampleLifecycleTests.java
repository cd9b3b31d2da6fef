package com.example.orders;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Starts and stops the sample application as its {@code main} method does.
 */
@Timeout(240)
@ExtendWith(OutputCaptureExtension.class)
class SampleLifecycleTests {

	private final RestClient client = RestClient.builder().requestFactory(new SimpleClientHttpRequestFactory()).build();

	@Test
	void configuredAddressIsCalledInsteadOfAnEmbeddedUpstream() throws Exception {
		Queue<String> seen = new ConcurrentLinkedQueue<>();
		HttpServer real = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		real.createContext("/", (exchange) -> answer(exchange, seen));
		real.start();
		String url = "http://127.0.0.1:" + real.getAddress().getPort();
		try (ConfigurableApplicationContext context = run("--payment.url=" + url)) {
			assertThat(property(context, "payment.url")).isEqualTo(url);
			assertThat(property(context, "inventory.url")).startsWith("http://127.0.0.1:");
			Order order = context.getBean(OrderService.class).place(new OrderRequest("compass", 1));
			assertThat(order.receipt()).isEqualTo("real");
			assertThat(seen).containsExactly("POST /payments " + order.id());
			// No made-up orders for a real upstream
			assertThatExceptionOfType(NoSuchBeanDefinitionException.class)
				.isThrownBy(() -> context.getBean(Trickle.class));
		}
		finally {
			real.stop(0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "inventory.url", "payment.url", "carriers.url" })
	void thereAreNoFaultsAndNoLabBesideARealUpstream(String property) {
		try (ConfigurableApplicationContext context = run("--orders.trickle=false",
				"--%s=http://127.0.0.1:1".formatted(property))) {
			assertThat(context.containsBean("faultController")).isFalse();
			assertThat(context.containsBean("labController")).isFalse();
		}
	}

	@Test
	void trickleCallsTheUpstreamsAndStartSaysWhatToOpen(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run()) {
			String port = property(context, "local.server.port");
			assertThat(output).contains("listens on http://localhost:" + port,
					"http://localhost:" + port + "/actuator/prometheus", property(context, "payment.url"));
			awaitTrickle(context);
			assertThat(context.containsBean("faultController")).isTrue();
			assertThat(context.containsBean("labController")).isTrue();
		}
		assertThat(output.getAll().lines()).filteredOn((line) -> line.contains(" ERROR ") || line.contains(" WARN "))
			// Tomcat's, that it has waited for a random number on a busy machine
			.allMatch((line) -> line.contains("SessionIdGenerator"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "default", "webflux" })
	void openStreamEndsWhenTheApplicationStops(String profile) throws Exception {
		ConfigurableApplicationContext context = run("--spring.profiles.active=" + profile, "--orders.trickle=false",
				"--spring.lifecycle.timeout-per-shutdown-phase=10m");
		String url = "http://127.0.0.1:" + property(context, "local.server.port");
		try (context; EventStream events = EventStream.open(url + "/stock/lantern")) {
			events.take(1);
			context.close();
			// By an end, not by a broken connection
			events.toEnd();
		}
	}

	@Test
	void nothingIsLeftAfterClose() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		Set<URI> urls = new HashSet<>();
		try (ConfigurableApplicationContext context = run()) {
			urls.add(URI.create(property(context, "inventory.url")));
			urls.add(URI.create(property(context, "payment.url")));
			awaitTrickle(context);
			assertThat(startedSince(before)).contains("tidepool-sweeper");
		}
		assertThat(urls).hasSize(2)
			.allSatisfy((url) -> assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> new Socket(url.getHost(), url.getPort()).close()));
		await().pollInSameThread()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(startedSince(before)).isEmpty());
	}

	private void awaitTrickle(ConfigurableApplicationContext context) {
		await().pollInSameThread().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
			assertThat(Visits.of(this.client, property(context, "inventory.url")).requests()).isGreaterThan(10);
			assertThat(Visits.of(this.client, property(context, "payment.url")).requests()).isGreaterThan(5);
		});
	}

	private static ConfigurableApplicationContext run(String... args) {
		return new SpringApplicationBuilder(OrdersApplication.class).run(
				Stream
					.concat(Stream.of("--server.port=0", "--server.address=127.0.0.1",
							"--tidepool.upstreams.inventory.timeout.response=1m"), Stream.of(args))
					.toArray(String[]::new));
	}

	private static String property(ConfigurableApplicationContext context, String name) {
		return context.getEnvironment().getRequiredProperty(name);
	}

	private static void answer(HttpExchange exchange, Queue<String> seen) throws IOException {
		exchange.getRequestBody().readAllBytes();
		seen.add("%s %s %s".formatted(exchange.getRequestMethod(), exchange.getRequestURI(),
				exchange.getRequestHeaders().getFirst("Idempotency-Key")));
		byte[] body = "{\"number\":\"real\",\"amount\":30.00}".getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(200, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	private static Set<String> startedSince(Set<Thread> before) {
		ThreadGroup ours = Thread.currentThread().getThreadGroup();
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !before.contains(thread))
			// Neither the JVM's own threads nor those that have just ended
			.filter((thread) -> thread.getThreadGroup() != null && ours.parentOf(thread.getThreadGroup()))
			.map(Thread::getName)
			.collect(Collectors.toSet());
	}

}
