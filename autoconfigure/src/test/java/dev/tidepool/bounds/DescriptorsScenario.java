package dev.tidepool.bounds;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.PoolExhaustedException;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.PoolLimits;
import dev.tidepool.testsupport.LimitedJvm;
import dev.tidepool.testsupport.ScriptedServer;

/**
 * An application with few descriptors has many callers of a slow upstream, then calls
 * through fresh builders. The upstream runs outside of it.
 */
final class DescriptorsScenario {

	static final int DESCRIPTORS = 256;

	static final int CALLS = 500;

	private static final int THREADS_AFTERWARDS = 20;

	private DescriptorsScenario() {
	}

	/**
	 * Run it.
	 * @param tidepool whether with Tidepool, or plain Boot
	 * @param folder for what the application needs
	 * @return what came of the calls
	 */
	static Result run(boolean tidepool, Path folder) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/slow")) {
				exchange.stall(Duration.ofSeconds(2));
			}
			exchange.respond(200, "fine");
		})) {
			Properties printed = LimitedJvm.run(DESCRIPTORS, folder, Application.class, server.url(),
					"--tidepool.enabled=" + tidepool);
			return new Result(number(printed, "maxTotal"), number(printed, "succeeded"), number(printed, "refused"),
					number(printed, "failed"), printed.getProperty("failure"), number(printed, "succeededAfterwards"),
					number(printed, "active"), number(printed, "pending"));
		}
	}

	private static int number(Properties printed, String name) {
		return Integer.parseInt(printed.getProperty(name));
	}

	/**
	 * What came of the calls.
	 *
	 * @param maxTotal the connections that there might be, 0 for plain Boot
	 * @param succeeded calls of the slow upstream that got their response
	 * @param refused those that found the pool full
	 * @param failed those that failed otherwise
	 * @param failure how one of them failed
	 * @param succeededAfterwards as many calls afterwards
	 * @param active calls in flight in the end
	 * @param pending callers that wait in the end
	 */
	record Result(int maxTotal, int succeeded, int refused, int failed, String failure, int succeededAfterwards,
			int active, int pending) {

	}

	/**
	 * The application with few descriptors.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final ConfigurableApplicationContext context;

		private final AtomicInteger succeeded = new AtomicInteger();

		private final AtomicInteger refused = new AtomicInteger();

		private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

		Application(ConfigurableApplicationContext context) {
			this.context = context;
		}

		static ConfigurableApplicationContext start(String... properties) {
			return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties("spring.main.banner-mode=off", "logging.level.root=off",
						"spring.main.register-shutdown-hook=false")
				.run(properties);
		}

		public static void main(String[] arguments) throws Exception {
			try (ConfigurableApplicationContext context = start(arguments[1])) {
				Application slow = new Application(context);
				slow.call(arguments[0] + "/slow", CALLS);
				Application afterwards = new Application(context);
				afterwards.call(arguments[0] + "/", THREADS_AFTERWARDS);
				Upstreams upstreams = context.getBeanProvider(Upstreams.class).getIfAvailable();
				PoolLimits limits = context.getBeanProvider(PoolLimits.class).getIfAvailable();
				LimitedJvm.print("maxTotal", (limits != null) ? limits.maxTotal() : 0, "succeeded", slow.succeeded,
						"refused", slow.refused, "failed", slow.failures.size(), "failure", slow.failures.peek(),
						"succeededAfterwards", afterwards.succeeded, "active",
						(upstreams != null) ? upstreams.gate().active() : 0, "pending",
						(upstreams != null) ? upstreams.stats().stream().mapToLong((each) -> each.pending()).sum() : 0);
			}
		}

		private void call(String url, int threads) throws Exception {
			ExecutorService executor = Executors.newFixedThreadPool(threads);
			List<Future<?>> calls = new ArrayList<>();
			for (int i = 0; i < CALLS; i++) {
				calls.add(executor.submit(() -> call(url)));
			}
			for (Future<?> call : calls) {
				call.get();
			}
			executor.shutdown();
		}

		private void call(String url) {
			try {
				this.context.getBean(RestClient.Builder.class).build().get().uri(url).retrieve().toBodilessEntity();
				this.succeeded.incrementAndGet();
			}
			catch (Throwable ex) {
				if (ex.getCause() instanceof PoolExhaustedException) {
					this.refused.incrementAndGet();
				}
				else {
					this.failures.add(ex);
				}
			}
		}

	}

	/**
	 * Takes all descriptors that are left.
	 */
	static final class Hog implements AutoCloseable {

		private final List<FileInputStream> files = new ArrayList<>();

		Hog takeAll() {
			try {
				while (true) {
					this.files.add(new FileInputStream("/dev/null"));
				}
			}
			catch (IOException ex) {
				return this;
			}
		}

		@Override
		public void close() throws IOException {
			for (FileInputStream file : this.files) {
				file.close();
			}
		}

	}

}
