package dev.tidepool.everywhere;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.client.RestClient;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

import dev.tidepool.autoconfigure.TidepoolAutoConfiguration;
import dev.tidepool.connection.Shutdown;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.Footprint;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Several application contexts in one JVM, one that is refreshed, and one whose beans are
 * made when they are needed.
 */
@Timeout(120)
class ContextsTests {

	// The common pool has one thread on two cores, which JDK 25 uses all the same
	private static final Executor THREAD_EACH = (task) -> new Thread(task).start();

	private final AtomicInteger inFlight = new AtomicInteger();

	private final AtomicInteger mostInFlight = new AtomicInteger();

	private volatile CountDownLatch expected = new CountDownLatch(0);

	private ScriptedServer server;

	private Footprint before;

	@BeforeEach
	void start() throws Exception {
		this.before = Footprint.measure();
		this.server = ScriptedServer.start((exchange) -> {
			this.mostInFlight.accumulateAndGet(this.inFlight.incrementAndGet(), Math::max);
			this.expected.countDown();
			this.expected.await(30, TimeUnit.SECONDS);
			this.inFlight.decrementAndGet();
			exchange.respond(200, "fine");
		});
	}

	@AfterEach
	void nothingIsLeft() throws Exception {
		this.server.close();
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> Footprint.measure().assertNotAbove(this.before));
	}

	@Test
	void twoContextsHaveAPoolEach() {
		try (ConfigurableApplicationContext first = application("tidepool.pool.max-per-upstream=2");
				ConfigurableApplicationContext second = application("tidepool.pool.max-per-upstream=3")) {
			assertThat(concurrentCalls(first, 2, 6)).isEqualTo(2);
			assertThat(concurrentCalls(second, 3, 6)).isEqualTo(3);
			assertThat(this.server.accepted()).isEqualTo(5);
			RestClient ofFirst = first.getBean("client", RestClient.class);
			close(first);
			Awaitility.await().until(() -> Sockets.heldByClients(this.server.port()) == 3);
			assertThatException().isThrownBy(() -> get(ofFirst));
			assertThat(get(second.getBean("client", RestClient.class))).isEqualTo("fine");
			assertThat(this.server.accepted()).isEqualTo(5);
			assertThat(this.server.requests()).isEqualTo(13);
		}
	}

	@Test
	void refreshedContextHasTheLimitsThatAreSetByThen() {
		try (AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext()) {
			context.register(PlainApplication.class);
			for (int limit : List.of(2, 3)) {
				context.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("limit-" + limit, Map.of("tidepool.pool.max-per-upstream", limit,
							"tidepool.keep-alive.upstream-timeout", "5m")));
				context.refresh();
				assertThat(concurrentCalls(context, limit, 6)).isEqualTo(limit);
				assertThat(Sockets.heldByClients(this.server.port())).isEqualTo(limit);
			}
			assertThat(this.server.accepted()).isEqualTo(5);
		}
	}

	@Test
	void lazyApplicationPoolsMeasuresAndDrainsAsOthersDo() throws Exception {
		try (ConfigurableApplicationContext context = application("spring.main.lazy-initialization=true",
				"tidepool.pool.max-per-upstream=2")) {
			assertThat(context.getBeanFactory().containsSingleton("client")).isFalse();
			RestClient client = context.getBean(RestClient.class);
			Shutdown shutdown = context.getBean(Upstreams.class).shutdown();
			assertThat(concurrentCalls(context, 2, 6)).isEqualTo(2);
			assertThat(this.server.accepted()).isEqualTo(2);
			assertThat(
					context.getBean(MeterRegistry.class).get("tidepool.connections.opened").functionCounter().count())
				.isEqualTo(2);
			this.expected = new CountDownLatch(2);
			CompletableFuture<String> inFlight = CompletableFuture.supplyAsync(() -> get(client), THREAD_EACH);
			Awaitility.await().until(() -> this.expected.getCount() == 1);
			CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close, THREAD_EACH);
			Awaitility.await().until(shutdown::isBegun);
			assertThatException().isThrownBy(() -> get(client));
			assertThat(closing).isNotDone();
			this.expected.countDown();
			assertThat(inFlight.get(30, TimeUnit.SECONDS)).isEqualTo("fine");
			closing.get(30, TimeUnit.SECONDS);
		}
		assertThat(this.server.requests()).isEqualTo(7);
	}

	@Test
	void wrongValueStopsTheStartOfALazyApplicationToo() {
		assertThatException()
			.isThrownBy(() -> application("spring.main.lazy-initialization=true", "tidepool.pool.max-per-upstream=0"))
			.havingRootCause()
			.withMessageContaining("tidepool.pool.max-per-upstream");
	}

	/**
	 * Call at the same time.
	 * @param together how many calls the upstream waits for at first
	 * @return the most that it had at a time
	 */
	private int concurrentCalls(ApplicationContext context, int together, int calls) {
		RestClient client = context.getBean("client", RestClient.class);
		this.mostInFlight.set(0);
		this.expected = new CountDownLatch(together);
		List<CompletableFuture<String>> answers = new ArrayList<>();
		for (int i = 0; i < calls; i++) {
			CompletableFuture<String> answer = new CompletableFuture<>();
			answers.add(answer);
			new Thread(() -> answer.completeAsync(() -> get(client), Runnable::run)).start();
		}
		assertThat(answers).allSatisfy((answer) -> assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("fine"));
		return this.mostInFlight.get();
	}

	private static void close(ConfigurableApplicationContext context) {
		context.close();
	}

	private String get(RestClient client) {
		return client.get().uri(this.server.uri("/")).retrieve().body(String.class);
	}

	private static ConfigurableApplicationContext application(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.main.banner-mode=off", "tidepool.keep-alive.upstream-timeout=5m")
			.properties(properties)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		RestClient client(RestClient.Builder builder) {
			return builder.build();
		}

	}

	/**
	 * The same for a context that is none of an application.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ TidepoolAutoConfiguration.class, HttpClientAutoConfiguration.class,
			ImperativeHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
			HttpMessageConvertersAutoConfiguration.class })
	static class PlainApplication {

		@Bean
		RestClient client(RestClient.Builder builder) {
			return builder.build();
		}

	}

}
