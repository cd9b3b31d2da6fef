package com.example.orders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.support.ExecutorServiceAdapter;
import org.springframework.stereotype.Service;

import com.example.orders.CarrierClient.Delivery;
import com.example.orders.CarrierClient.Quote;

/**
 * Asks several carriers at the same time, and goes on with what came within a budget.
 * <p>
 * Three bounds keep a slow upstream from taking the application with it. Every call has a
 * time-out of its own, a little less than the budget, so that calls end by themselves.
 * What has not ended when the budget is used up is interrupted, which gives its thread
 * and its connection back at once. And no more calls are under way than there are threads
 * for: what is beyond is refused as a whole, before any of it is sent.
 * <p>
 * The threads are those of {@code spring.task.execution.pool}, or virtual ones with
 * {@code spring.threads.virtual.enabled}.
 */
@Service
class QuoteService {

	static final Duration BUDGET = Duration.ofMillis(300);

	// 20 requests that ask 8 carriers each; fewer than threads and connections
	private static final int MAX_CALLS = 160;

	private static final Log logger = LogFactory.getLog(QuoteService.class);

	private final CarrierClient client;

	private final ExecutorService executor;

	private final Semaphore free = new Semaphore(MAX_CALLS);

	QuoteService(CarrierClient client, TaskExecutor applicationTaskExecutor) {
		this.client = client;
		this.executor = new ExecutorServiceAdapter(applicationTaskExecutor);
	}

	/**
	 * Ask carriers.
	 * @param request whom to ask for what
	 * @return what came in time, perhaps nothing
	 * @throws RejectedExecutionException if too many calls are under way already
	 */
	Quotes ask(QuoteRequest request) throws InterruptedException {
		int calls = request.carriers().size();
		if (!this.free.tryAcquire(calls)) {
			throw new RejectedExecutionException("%d more calls would exceed %d".formatted(calls, MAX_CALLS));
		}
		try {
			return collect(request.carriers(),
					this.executor.invokeAll(callsOf(request), BUDGET.toMillis(), TimeUnit.MILLISECONDS));
		}
		finally {
			this.free.release(calls);
		}
	}

	private List<Callable<Quote>> callsOf(QuoteRequest request) {
		Delivery delivery = new Delivery(request.sku(), request.quantity());
		return request.carriers()
			.stream()
			.<Callable<Quote>>map((carrier) -> () -> this.client.quote(carrier, delivery))
			.toList();
	}

	private static Quotes collect(List<String> carriers, List<Future<Quote>> calls) throws InterruptedException {
		List<Quote> quotes = new ArrayList<>();
		List<String> missing = new ArrayList<>();
		for (int i = 0; i < calls.size(); i++) {
			try {
				quotes.add(calls.get(i).get());
			}
			catch (ExecutionException | CancellationException ex) {
				logger.debug("No quote from " + carriers.get(i), ex);
				missing.add(carriers.get(i));
			}
		}
		return new Quotes(missing.isEmpty(), quotes, missing);
	}

}
