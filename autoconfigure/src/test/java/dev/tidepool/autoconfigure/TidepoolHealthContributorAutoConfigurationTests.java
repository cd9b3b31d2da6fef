package dev.tidepool.autoconfigure;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.actuate.TidepoolHealthIndicator;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * When the health contributor is there, and what it says.
 */
class TidepoolHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(TidepoolHealthContributorAutoConfiguration.class));

	@Test
	void indicatorIsThereUnlessDisabledOrWithoutPoolOrHealth() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(TidepoolHealthIndicator.class));
		for (String off : List.of("management.health.tidepool.enabled=false",
				"management.health.defaults.enabled=false", "tidepool.enabled=false")) {
			this.contextRunner.withPropertyValues(off)
				.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("tidepoolHealthIndicator"));
		}
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SharedPool.class)
				.doesNotHaveBean("tidepoolHealthIndicator"));
	}

	@Test
	void detailsAreThereAndNobodyIsAsked() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner
				.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.pool.max-per-upstream=20")
				.run((context) -> {
					assertThat(health(context).getDetails()).isEqualTo(Map.of("upstreams", Map.of()));
					call(context, server.url());
					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					assertThat(health(context).getDetails()).hasToString(
							"{upstreams={orders=UpstreamDetails[state=ok, active=0, idle=1, pending=0, max=20]}}");
					assertThat(server.requests()).isOne();
				});
		}
	}

	@Test
	void unreachableUpstreamIsDownOnlyIfAsked() throws Exception {
		// Bound without listening: nobody else gets the port, and connects are refused
		try (Socket refusing = new Socket()) {
			refusing.bind(new InetSocketAddress("127.0.0.1", 0));
			String url = "http://127.0.0.1:" + refusing.getLocalPort();
			for (String names : List.of("orders", "*", "other")) {
				this.contextRunner
					.withPropertyValues("tidepool.upstreams.orders.base-url=" + url,
							"tidepool.upstreams.other.hosts=elsewhere", "tidepool.retry.enabled=false",
							"tidepool.health.down-when-unreachable=" + names)
					.run((context) -> {
						for (int failures = 0; failures < 3; failures++) {
							assertThat(health(context).getStatus()).isEqualTo(Status.UP);
							assertThatExceptionOfType(ResourceAccessException.class)
								.isThrownBy(() -> call(context, url));
						}
						assertThat(health(context).getDetails().toString()).contains("orders=", "state=unreachable");
						assertThat(health(context).getStatus())
							.isEqualTo(names.equals("other") ? Status.UP : Status.DOWN);
					});
			}
		}
	}

	@Test
	void saturatedUpstreamIsDownOnlyIfAskedAndUpAgainAfterwards() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			answer.await(30, TimeUnit.SECONDS);
			exchange.respond(200, "fine");
		})) {
			this.contextRunner
				.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=30s",
						"tidepool.health.down-when-saturated=orders")
				.run((context) -> {
					Thread one = new Thread(() -> call(context, server.url()));
					Thread two = new Thread(() -> call(context, server.url()));
					one.start();
					two.start();
					Awaitility.await()
						.untilAsserted(() -> assertThat(health(context).getDetails().toString())
							.contains("state=saturated", "pending=1"));
					assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
					answer.countDown();
					one.join();
					two.join();
					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					assertThat(server.requests()).isEqualTo(2);
				});
		}
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(TidepoolHealthIndicator.class).health();
	}

	private static void call(ApplicationContext context, String url) {
		context.getBean(RestClient.class).get().uri(url).retrieve().toBodilessEntity();
	}

}
