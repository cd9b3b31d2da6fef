package dev.tidepool.bounds;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import dev.tidepool.measured.Callers;
import dev.tidepool.measured.Client;
import dev.tidepool.measured.MeasuredApplication;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * How long a call takes at most that has 300 ms, when its upstream takes 5 s.
 */
final class BoundsTime {

	static final Duration TIMEOUT = Duration.ofMillis(300);

	private static final Duration UPSTREAM = Duration.ofSeconds(5);

	private static final int CALLERS = 5;

	private BoundsTime() {
	}

	/**
	 * Make calls to an upstream that keeps its callers waiting.
	 * @param client what they are made with: Tidepool has a time-out for the call, the
	 * others have the same for reading, as they have none for the call
	 * @param stall how it keeps them waiting
	 * @param calls how many
	 * @return what became of them
	 */
	static Result run(Client client, Stall stall, int calls) throws Exception {
		return run(client, stall, calls, TIMEOUT);
	}

	static Result run(Client client, Stall stall, int calls, Duration timeout) throws Exception {
		AtomicLong longest = new AtomicLong();
		AtomicInteger ended = new AtomicInteger();
		String property = (client == Client.TIDEPOOL) ? "tidepool.timeout.call" : "spring.http.clients.read-timeout";
		try (ScriptedServer server = ScriptedServer.start((exchange) -> stall.answer(exchange));
				MeasuredApplication application = MeasuredApplication.start(client,
						property + "=" + timeout.toMillis() + "ms")) {
			RestClient caller = application.restClient();
			// Loads what a time-out needs
			call(caller, server, ended);
			ended.set(0);
			int before = server.requests();
			Duration asleep;
			try (Sleeper sleeper = new Sleeper()) {
				Callers.run(CALLERS, calls, Duration.ofMinutes(1), (number) -> {
					long start = System.nanoTime();
					call(caller, server, ended);
					longest.accumulateAndGet(System.nanoTime() - start, Math::max);
				});
				asleep = sleeper.longest();
			}
			return new Result(calls, ended.get(), Duration.ofNanos(longest.get()), asleep, server.requests() - before);
		}
	}

	private static void call(RestClient caller, ScriptedServer server, AtomicInteger ended) {
		try {
			caller.get().uri(server.url()).retrieve().body(String.class);
		}
		catch (RestClientException ex) {
			ended.incrementAndGet();
		}
	}

	/**
	 * Threads that sleep as long as calls may take, over and over: what they are late,
	 * the machine is to blame for.
	 */
	private static final class Sleeper implements AutoCloseable {

		private final AtomicLong longest = new AtomicLong();

		private final List<Thread> threads = Stream.generate(() -> new Thread(this::run, "bounds-sleeper"))
			.limit(CALLERS)
			.toList();

		Sleeper() {
			this.threads.forEach(Thread::start);
		}

		private void run() {
			while (!Thread.currentThread().isInterrupted()) {
				long start = System.nanoTime();
				LockSupport.parkNanos(TIMEOUT.toNanos());
				this.longest.accumulateAndGet(System.nanoTime() - start, Math::max);
			}
		}

		Duration longest() {
			return Duration.ofNanos(this.longest.get());
		}

		@Override
		public void close() {
			this.threads.forEach(Thread::interrupt);
		}

	}

	/**
	 * How an upstream keeps its caller waiting.
	 */
	enum Stall {

		BEFORE_HEADERS("stalls before the headers", 0), AFTER_HEADERS("stalls after the headers", 0),
		DRIP_50("drips 1 byte each 50 ms", 50), DRIP_200("drips 1 byte each 200 ms", 200);

		private final String display;

		private final Duration pause;

		Stall(String display, int pauseMillis) {
			this.display = display;
			this.pause = Duration.ofMillis(pauseMillis);
		}

		String display() {
			return this.display;
		}

		private void answer(Exchange exchange) throws Exception {
			if (this == BEFORE_HEADERS) {
				exchange.stall(UPSTREAM);
			}
			long length = this.pause.isZero() ? 1 : UPSTREAM.dividedBy(this.pause);
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + length + "\r\n\r\n");
			if (this == AFTER_HEADERS) {
				exchange.stall(UPSTREAM);
			}
			for (long i = 0; i < length; i++) {
				exchange.stall(this.pause);
				exchange.raw("x");
			}
		}

	}

	/**
	 * What became of calls.
	 *
	 * @param calls how many there were
	 * @param ended those of them that ended with an exception
	 * @param longest the longest of them
	 * @param asleep how long a thread slept at most that was to sleep for the time-out
	 * @param requests what the upstream saw of them
	 */
	record Result(int calls, int ended, Duration longest, Duration asleep, int requests) {

		/**
		 * What the longest call took beyond its time-out, less what the machine was late.
		 */
		Duration late() {
			return this.longest.minus((this.asleep.compareTo(TIMEOUT) > 0) ? this.asleep : TIMEOUT);
		}

	}

}
