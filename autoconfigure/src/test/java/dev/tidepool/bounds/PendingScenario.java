package dev.tidepool.bounds;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import com.sun.management.OperatingSystemMXBean;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;

/**
 * What callers that are pending on one upstream cost the calls of another. The first has
 * a few connections, all of them busy all the time; in turn it has as many callers as
 * that, and that many more. Run by run the calls of the other upstream are counted.
 *
 * @param pending callers that wait for the first upstream
 * @param runs of each kind
 * @param duration of each run
 */
record PendingScenario(int pending, int runs, Duration duration) {

	private static final OperatingSystemMXBean CPU = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

	private static final int CONNECTIONS = 5;

	private static final int CALLERS_OF_OTHER = 2;

	private static final Duration SERVICE_TIME = Duration.ofMillis(20);

	Result run() throws Exception {
		try (ScriptedServer saturated = ScriptedServer.start((exchange) -> {
			exchange.stall(SERVICE_TIME);
			exchange.respond(200, "fine");
		}).withoutLog();
				ScriptedServer other = ScriptedServer.start((exchange) -> exchange.respond(200, "fine")).withoutLog();
				ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
					.web(WebApplicationType.NONE)
					.properties("spring.main.banner-mode=off", "logging.level.root=warn",
							"spring.main.register-shutdown-hook=false",
							// Who comes back may find those counted who are just let in
							"tidepool.pool.max-pending=" + (this.pending + 2 * CONNECTIONS),
							"tidepool.pool.acquire-timeout=10m",
							"tidepool.upstreams.saturated.base-url=" + saturated.url(),
							"tidepool.upstreams.saturated.pool.max-per-upstream=" + CONNECTIONS)
					.run()) {
			return new Run(context, saturated, other).run();
		}
	}

	private final class Run {

		private final ConfigurableApplicationContext context;

		private final RestClient client;

		private final ScriptedServer saturated;

		private final ScriptedServer other;

		private final AtomicInteger failed = new AtomicInteger();

		Run(ConfigurableApplicationContext context, ScriptedServer saturated, ScriptedServer other) {
			this.context = context;
			this.client = context.getBean(RestClient.class);
			this.saturated = saturated;
			this.other = other;
		}

		Result run() throws Exception {
			PendingScenario scenario = PendingScenario.this;
			List<Sample> without = new ArrayList<>();
			List<Sample> with = new ArrayList<>();
			measure(0);
			measure(scenario.pending());
			for (int i = 0; i < scenario.runs(); i++) {
				without.add(measure(0));
				with.add(measure(scenario.pending()));
			}
			return new Result(scenario, Sample.median(without), Sample.median(with), this.failed.get());
		}

		private Sample measure(int pending) throws Exception {
			List<Thread> callers = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS + pending; i++) {
				Thread caller = new Thread(this::callSaturated);
				callers.add(caller);
				caller.start();
			}
			int before = this.saturated.requests();
			Awaitility.await()
				.atMost(Duration.ofMinutes(2))
				.until(() -> this.saturated.requests() > before + CONNECTIONS && areWaiting(callers));
			Sample sample = callOther();
			callers.forEach(Thread::interrupt);
			for (Thread caller : callers) {
				caller.join();
			}
			return sample;
		}

		private boolean areWaiting(List<Thread> callers) {
			long pending = this.context.getBean(Upstreams.class)
				.stats()
				.stream()
				.filter((stats) -> stats.tag().equals("saturated"))
				.mapToLong(UpstreamStats::pending)
				.sum();
			return pending >= callers.size() - CONNECTIONS - 1;
		}

		private void callSaturated() {
			while (!Thread.currentThread().isInterrupted()) {
				try {
					this.client.get().uri(this.saturated.url()).retrieve().toBodilessEntity();
				}
				catch (RuntimeException ex) {
					// Interrupted, as all are in the end
					return;
				}
			}
		}

		private Sample callOther() throws Exception {
			int before = this.saturated.requests();
			long cpu = CPU.getProcessCpuTime();
			long start = System.nanoTime();
			CountDownLatch done = new CountDownLatch(CALLERS_OF_OTHER);
			LongAdder calls = new LongAdder();
			for (int i = 0; i < CALLERS_OF_OTHER; i++) {
				new Thread(() -> {
					while (System.nanoTime() - start < PendingScenario.this.duration().toNanos()) {
						try {
							this.client.get().uri(this.other.url()).retrieve().toBodilessEntity();
							calls.increment();
						}
						catch (RuntimeException ex) {
							this.failed.incrementAndGet();
						}
					}
					done.countDown();
				}).start();
			}
			done.await();
			double seconds = (System.nanoTime() - start) / 1e9;
			long all = calls.sum() + this.saturated.requests() - before;
			return new Sample(calls.sum() / seconds, (CPU.getProcessCpuTime() - cpu) / 1e3 / all);
		}

	}

	/**
	 * Calls of the other upstream.
	 *
	 * @param callsPerSecond of all its callers together
	 * @param cpuMicros CPU time of the process for one call of either upstream, the
	 * upstreams' own and garbage collection included, in microseconds
	 */
	record Sample(double callsPerSecond, double cpuMicros) {

		static Sample median(List<Sample> samples) {
			return new Sample(
					samples.stream().mapToDouble(Sample::callsPerSecond).sorted().toArray()[samples.size() / 2],
					samples.stream().mapToDouble(Sample::cpuMicros).sorted().toArray()[samples.size() / 2]);
		}

	}

	/**
	 * The medians.
	 *
	 * @param scenario what was run
	 * @param without calls of the other upstream while nobody is pending
	 * @param with the same while many are
	 * @param failed calls of the other upstream that failed
	 */
	record Result(PendingScenario scenario, Sample without, Sample with, int failed) {

		/**
		 * The share of its calls per second that the other upstream loses.
		 */
		double callsLost() {
			return 1 - this.with.callsPerSecond() / this.without.callsPerSecond();
		}

		/**
		 * By how much a call costs more CPU, of which another's load takes nothing away.
		 */
		double cpuAdded() {
			return this.with.cpuMicros() / this.without.cpuMicros() - 1;
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
