package dev.tidepool.bounds;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.bounds.DescriptorsScenario.Application;
import dev.tidepool.bounds.DescriptorsScenario.Hog;
import dev.tidepool.classic.ClassicPool;
import dev.tidepool.classic.PoolAccess;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.LimitedJvm;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * File descriptors run out, or would if the pool did not know how many there are (FAULTS
 * 63).
 */
@EnabledOnOs({ OS.LINUX, OS.MAC })
class DescriptorsIT {

	private static final int IDLE = 30;

	@TempDir
	private Path folder;

	@Test
	void manyCallersOfASlowUpstreamDoNotUseDescriptorsUp() throws Exception {
		DescriptorsScenario.Result result = DescriptorsScenario.run(true, this.folder);
		assertThat(result.failed()).as(result.failure()).isZero();
		assertThat(result.maxTotal()).isBetween(10, DescriptorsScenario.DESCRIPTORS / 2);
		assertThat(result.succeeded()).isGreaterThanOrEqualTo(result.maxTotal());
		assertThat(result.succeeded() + result.refused()).isEqualTo(DescriptorsScenario.CALLS);
		assertThat(result.succeededAfterwards()).isEqualTo(DescriptorsScenario.CALLS);
		assertThat(result.active()).isZero();
		assertThat(result.pending()).isZero();
	}

	@Test
	@FaultCase(value = 63, through = Client.REST_CLIENT)
	void idleConnectionsAreGivenUpThenCallsFailFastAndAllRecovers() throws Exception {
		try (ScriptedServer idle = server(); ScriptedServer first = server(); ScriptedServer second = server()) {
			Properties printed = LimitedJvm.run(DescriptorsScenario.DESCRIPTORS, this.folder, Exhausting.class,
					idle.url(), first.url(), second.url());
			assertThat(printed.getProperty("withIdleToGiveUp")).isEqualTo("fine");
			assertThat(printed.getProperty("givenUp")).isEqualTo("10");
			assertThat(printed.getProperty("withNothingToGiveUp"))
				.contains("No file descriptor is left to connect to upstream http://localhost:" + second.port())
				.contains("ulimit -n")
				.contains("tidepool.pool.max-total, which is 1000");
			assertThat(printed.getProperty("unresolved")).contains("No file descriptor is left");
			assertThat(printed.getProperty("active")).isEqualTo("0");
			assertThat(printed.getProperty("afterwards")).isEqualTo("fine");
			assertThat(printed.getProperty("swept")).isEqualTo("true");
			assertThat(first.requests()).isOne();
			assertThat(second.requests()).isOne();
		}
	}

	private static ScriptedServer server() throws Exception {
		return ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
	}

	/**
	 * An application whose descriptors something else uses up.
	 */
	static final class Exhausting {

		private final ConfigurableApplicationContext context;

		private Exhausting(ConfigurableApplicationContext context) {
			this.context = context;
		}

		public static void main(String[] urls) throws Exception {
			try (ConfigurableApplicationContext context = Application.start("--tidepool.pool.max-total=1000",
					"--tidepool.keep-alive.upstream-timeout=3s", "--tidepool.retry.backoff.initial=1ms")) {
				new Exhausting(context).run(urls[0], urls[1], urls[2]);
			}
		}

		private void run(String idle, String first, String second) throws Exception {
			openIdle(idle);
			UpstreamStats stats = this.context.getBean(Upstreams.class).stats().iterator().next();
			try (Hog hog = new Hog()) {
				hog.takeAll();
				LimitedJvm.print("withIdleToGiveUp", get(first), "givenUp", stats.closed(CloseReason.SHRINK));
				this.context.getBean(PoolControl.class).evictIdle();
				await(() -> idle() == 0);
				// Closed a moment after it is counted
				hog.takeAll();
				await(() -> {
					hog.takeAll();
					return get(second).contains("No file descriptor");
				});
				LimitedJvm.print("withNothingToGiveUp", get(second), "unresolved", get("http://orders.invalid"));
			}
			LimitedJvm.print("active", this.context.getBean(Upstreams.class).gate().active(), "afterwards",
					get(second));
			await(() -> idle() == 0);
			LimitedJvm.print("swept", true);
		}

		private void openIdle(String url) throws Exception {
			PoolAccess access = new PoolAccess(this.context.getBean(ClassicPool.class), url);
			List<ConnectionEndpoint> endpoints = new ArrayList<>();
			for (int i = 0; i < IDLE; i++) {
				ConnectionEndpoint endpoint = access.lease();
				access.connect(endpoint);
				endpoints.add(endpoint);
			}
			endpoints.forEach(access::release);
		}

		private String get(String url) {
			try {
				return this.context.getBean(RestClient.class).get().uri(url).retrieve().body(String.class);
			}
			catch (RuntimeException ex) {
				return String.valueOf(ex.getCause());
			}
		}

		private long idle() {
			return this.context.getBean(Upstreams.class)
				.stats()
				.stream()
				.mapToLong((stats) -> stats.connections(State.IDLE))
				.sum();
		}

		private static void await(Callable<Boolean> condition) {
			Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(10, TimeUnit.MILLISECONDS).until(condition);
		}

	}

}
