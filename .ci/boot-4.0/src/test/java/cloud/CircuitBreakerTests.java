package cloud;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JCircuitBreakerFactory;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JConfigBuilder;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.cloud.client.circuitbreaker.Customizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Script;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring Cloud CircuitBreaker, with Resilience4j, around calls.
 */
@Timeout(120)
class CircuitBreakerTests {

	private static final int WINDOW = 4;

	@Test
	void repeatsOfACallAreOneCallToTheBreaker() throws Exception {
		run((exchange) -> exchange.respond((exchange.attempt() < 3) ? 503 : 200, "fine"), (calls, server) -> {
			for (int i = 0; i < 2 * WINDOW; i++) {
				assertThat(calls.get("orders", "/", "call-" + i)).isEqualTo("fine");
				assertThat(server.requests("call-" + i)).isEqualTo(3);
			}
		});
	}

	@Test
	void openCircuitSendsNothing() throws Exception {
		run((exchange) -> exchange.respond(503, "busy"), (calls, server) -> {
			for (int i = 0; i < WINDOW; i++) {
				assertThat(calls.get("orders", "/", "call-" + i)).isEqualTo("fallback");
			}
			int sent = server.requests();
			assertThat(sent).isEqualTo(3 * WINDOW);
			assertThat(calls.get("orders", "/", "refused")).isEqualTo("fallback");
			assertThat(server.requests()).isEqualTo(sent);
		});
	}

	@Test
	void callThatTheTimeLimiterEndsGivesItsConnectionBack() throws Exception {
		AtomicInteger ended = new AtomicInteger();
		run((exchange) -> {
			if (exchange.request().path().equals("/stalling")) {
				// Until its end is seen
				exchange.input().read();
				ended.incrementAndGet();
				exchange.close();
			}
			else {
				exchange.respond(200, "fine");
			}
		}, (calls, server) -> {
			assertThat(calls.get("hasty", "/stalling", "one")).isEqualTo("fallback");
			Awaitility.await().until(() -> calls.context().getBean(Upstreams.class).gate().active() == 0);
			Awaitility.await().until(() -> ended.get() == 1);
			// On the one connection that there may be
			assertThat(calls.get("orders", "/", "two")).isEqualTo("fine");
			assertThat(server.requests("one")).isOne();
		}, "tidepool.pool.max-per-upstream=1");
	}

	private static void run(Script script, Case test, String... properties) throws Exception {
		try (ScriptedServer server = ScriptedServer.start(script);
				ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
					.web(WebApplicationType.NONE)
					.properties("spring.main.banner-mode=off", "tidepool.retry.backoff.initial=1ms",
							"tidepool.retry.budget.min-per-second=100")
					.properties(properties)
					.run()) {
			test.run(new Calls(context, server), server);
		}
	}

	@FunctionalInterface
	interface Case {

		void run(Calls calls, ScriptedServer server) throws Exception;

	}

	private record Calls(ConfigurableApplicationContext context, ScriptedServer server) {

		String get(String name, String path, String id) {
			CircuitBreakerFactory<?, ?> circuitBreakers = this.context.getBean(CircuitBreakerFactory.class);
			RestClient client = this.context.getBean(RestClient.class)
				.mutate()
				.baseUrl(this.server.url())
				.defaultHeader("X-Id", id)
				.build();
			return circuitBreakers.create(name)
				.run(() -> client.get().uri(path).retrieve().body(String.class), (ex) -> "fallback");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Customizer<Resilience4JCircuitBreakerFactory> breakers() {
			return (factory) -> factory.configureDefault((id) -> new Resilience4JConfigBuilder(id)
				.circuitBreakerConfig(CircuitBreakerConfig.custom()
					.slidingWindowSize(WINDOW)
					.minimumNumberOfCalls(WINDOW)
					.waitDurationInOpenState(Duration.ofMinutes(5))
					.build())
				.timeLimiterConfig(TimeLimiterConfig.custom()
					.timeoutDuration(id.equals("hasty") ? Duration.ofMillis(300) : Duration.ofMinutes(1))
					.build())
				.build());
		}

	}

}
