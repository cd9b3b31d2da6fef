package dev.tidepool.bounds;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import dev.tidepool.bounds.BoundsSample.State;
import dev.tidepool.measured.Callers;
import dev.tidepool.measured.Client;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

/**
 * Callers of the sample application's {@code /quotes}, each of which makes it call an
 * upstream one to eight times, within 300 ms altogether. They ask again as soon as they
 * have an answer, unless they were refused: then when they were told to.
 */
final class BoundsFanOut implements AutoCloseable {

	private static final Duration USUAL = Duration.ofMillis(100);

	static final Duration STALL = Duration.ofSeconds(30);

	// What the application asks those for that it refuses
	private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

	private static final int MAX_CARRIERS = 8;

	private final ScriptedServer carriers;

	private final BoundsSample sample;

	private final CloseableHttpClient client;

	private volatile int stallingPercent;

	BoundsFanOut(Client client) throws IOException {
		this.carriers = ScriptedServer.start((exchange) -> {
			boolean stalls = ThreadLocalRandom.current().nextInt(100) < this.stallingPercent;
			exchange.stall(stalls ? STALL : USUAL);
			exchange.respond(200, "{\"carrier\":\"swift\",\"price\":4.50}", "Content-Type: application/json");
		}).withoutLog();
		this.sample = BoundsSample.start(client, this.carriers.url());
		this.client = HttpClients.custom()
			.disableAutomaticRetries()
			.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
				.setMaxConnTotal(1000)
				.setMaxConnPerRoute(1000)
				.build())
			.build();
	}

	/**
	 * Ask for quotes as fast as some callers can.
	 * @param callers how many
	 * @param duration for how long
	 * @param stallingPercent how many of the upstream's answers stall
	 * @return what became of that
	 */
	Load run(int callers, Duration duration, int stallingPercent) throws Exception {
		this.stallingPercent = stallingPercent;
		Queue<Answer> answers = new ConcurrentLinkedQueue<>();
		State before = this.sample.stateAfterCollection();
		try (Peaks peaks = new Peaks(this.sample, this.carriers.port())) {
			Callers.Outcome outcome = Callers.run(callers, Integer.MAX_VALUE, duration, (number) -> {
				Answer answer = ask(1 + number % MAX_CARRIERS);
				answers.add(answer);
				pauseIfRefused(answer);
			});
			Duration quiet = until(() -> this.sample.state().isQuiet());
			this.stallingPercent = 0;
			Duration recovered = quiet.plus(until(this::answersCompletely));
			State after = this.sample.stateAfterCollection();
			return new Load(callers, outcome.failures(), answers.stream().toList(), before, peaks.threads.get(),
					peaks.sockets.get(), after, quiet, recovered);
		}
	}

	private boolean answersCompletely() {
		return IntStream.rangeClosed(1, MAX_CARRIERS).allMatch((carriers) -> {
			try {
				return ask(carriers).complete();
			}
			catch (IOException ex) {
				return false;
			}
		});
	}

	private Answer ask(int carriers) throws IOException {
		HttpPost post = new HttpPost(this.sample.url().resolve("/quotes"));
		String names = IntStream.range(0, carriers).mapToObj((i) -> "\"c" + i + "\"").collect(Collectors.joining(","));
		post.setEntity(new StringEntity("{\"sku\":\"compass\",\"quantity\":1,\"carriers\":[" + names + "]}",
				ContentType.APPLICATION_JSON));
		long start = System.nanoTime();
		return this.client.execute(post, (response) -> {
			String body = EntityUtils.toString(response.getEntity());
			return new Answer(response.getCode(), body.contains("\"complete\":true"),
					Duration.ofNanos(System.nanoTime() - start));
		});
	}

	private void pauseIfRefused(Answer answer) {
		if (answer.refused() && !Thread.currentThread().isInterrupted()) {
			LockSupport.parkNanos(RETRY_AFTER.toNanos());
		}
	}

	// When the condition was looked at that held; bounded, as plain clients may never
	// rest
	private static Duration until(Callable<Boolean> condition) {
		long start = System.nanoTime();
		AtomicLong looked = new AtomicLong();
		try {
			Awaitility.await()
				.pollInSameThread()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(10))
				.atMost(STALL.multipliedBy(2))
				.until(() -> {
					looked.set(System.nanoTime() - start);
					return condition.call();
				});
		}
		catch (ConditionTimeoutException ex) {
			// Told by the time
		}
		return Duration.ofNanos(looked.get());
	}

	@Override
	public void close() throws IOException {
		this.client.close();
		this.sample.close();
		this.carriers.close();
	}

	/**
	 * Looks at the application while it is under load.
	 */
	private static final class Peaks implements AutoCloseable {

		private final AtomicInteger threads = new AtomicInteger();

		private final AtomicInteger sockets = new AtomicInteger();

		private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

		Peaks(BoundsSample sample, int port) {
			this.watch.scheduleWithFixedDelay(() -> {
				this.threads.accumulateAndGet((int) threads(sample), Math::max);
				this.sockets.accumulateAndGet(Sockets.heldByClients(port), Math::max);
			}, 0, 200, TimeUnit.MILLISECONDS);
		}

		private static long threads(BoundsSample sample) {
			try {
				return sample.state().threads();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void close() {
			this.watch.shutdownNow();
		}

	}

	/**
	 * What a caller got.
	 *
	 * @param status the status
	 * @param complete whether every carrier had answered
	 * @param elapsed when it came
	 */
	record Answer(int status, boolean complete, Duration elapsed) {

		boolean good() {
			return this.status == 200;
		}

		boolean refused() {
			return this.status == 503;
		}

	}

	/**
	 * What became of all.
	 *
	 * @param callers how many asked
	 * @param failed how many got no answer
	 * @param answers what the others got
	 * @param before how the application was before
	 * @param threads the most threads that it had
	 * @param sockets the most sockets that it had to the upstream
	 * @param after how it was once it was quiet
	 * @param quiet when that was, after the last answer
	 * @param recovered when it answered completely again, with one to eight carriers
	 */
	record Load(int callers, int failed, List<Answer> answers, State before, int threads, int sockets, State after,
			Duration quiet, Duration recovered) {

		double share(Predicate<Answer> kind) {
			return (double) count(kind) / (this.answers.size() + this.failed);
		}

		long count(Predicate<Answer> kind) {
			return this.answers.stream().filter(kind).count();
		}

		/**
		 * Where all but some answers of a kind are faster.
		 */
		Duration percentile(double percentile, Predicate<Answer> kind) {
			long[] nanos = this.answers.stream().filter(kind).mapToLong((each) -> each.elapsed().toNanos()).toArray();
			Arrays.sort(nanos);
			return (nanos.length > 0)
					? Duration.ofNanos(nanos[(int) Math.min(nanos.length - 1, percentile * nanos.length)])
					: Duration.ZERO;
		}

	}

}
