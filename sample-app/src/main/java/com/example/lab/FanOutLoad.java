package com.example.lab;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/**
 * Requests that come at a steady pace, and take several calls each.
 */
final class FanOutLoad implements AutoCloseable {

	private final ExecutorService threads = Daemons.unbounded();

	private final ExecutorService requests = Daemons.unbounded();

	private final Calls calls = new Calls();

	private final RestClient client;

	private final Duration budget;

	/**
	 * Create the load.
	 * @param client makes the calls
	 * @param budget how long a request waits for its calls
	 */
	FanOutLoad(RestClient client, Duration budget) {
		this.client = client;
		this.budget = budget;
	}

	void warmUp() {
		try {
			this.client.get().retrieve().toBodilessEntity();
		}
		catch (ResourceAccessException ex) {
			// Not in time, on a busy machine; the classes are loaded all the same
		}
	}

	/**
	 * Let requests come, and return when the last one has come.
	 * @param count how many
	 * @param mostCalls how many calls a request takes at most; the first takes one, the
	 * next one more
	 * @param perSecond how many requests come in a second
	 * @return how many of them get all their answers in time, which goes up still
	 */
	AtomicInteger run(int count, int mostCalls, int perSecond) throws InterruptedException {
		AtomicInteger whole = new AtomicInteger();
		long begin = System.nanoTime();
		for (int i = 0; i < count; i++) {
			int fan = 1 + i % mostCalls;
			this.requests.execute(() -> {
				if (ask(fan)) {
					whole.incrementAndGet();
				}
			});
			long next = begin + (i + 1) * TimeUnit.SECONDS.toNanos(1) / perSecond;
			TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
		}
		return whole;
	}

	private boolean ask(int fan) {
		List<CompletableFuture<Boolean>> answers = Stream
			.generate(() -> CompletableFuture.supplyAsync(this::call, this.threads))
			.limit(fan)
			.toList();
		try {
			CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
				.get(this.budget.toMillis(), TimeUnit.MILLISECONDS);
			return answers.stream().allMatch(CompletableFuture::join);
		}
		catch (TimeoutException | ExecutionException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private boolean call() {
		return this.calls.make(() -> this.client.get().retrieve().toBodilessEntity());
	}

	/**
	 * Let the last requests end. Their calls may go on.
	 */
	void awaitRequests() throws InterruptedException {
		this.requests.shutdown();
		this.requests.awaitTermination(this.budget.multipliedBy(4).toMillis(), TimeUnit.MILLISECONDS);
	}

	Calls calls() {
		return this.calls;
	}

	@Override
	public void close() {
		this.requests.shutdownNow();
		this.threads.shutdownNow();
	}

}
