package com.example.orders;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import com.example.orders.CarrierClient.Quote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The bound of calls that are under way at a time.
 */
class QuoteServiceTests {

	@Test
	void moreCallsThanTheBoundAreRefusedAsAWholeBeforeAnyIsSent() throws Exception {
		Semaphore entered = new Semaphore(0);
		CountDownLatch open = new CountDownLatch(1);
		QuoteService quotes = new QuoteService((carrier, delivery) -> new Quote(carrier, BigDecimal.ONE), (task) -> {
			entered.release();
			awaitUninterruptibly(open);
			task.run();
		});
		ExecutorService callers = Executors.newFixedThreadPool(20);
		try {
			List<Future<Quotes>> first = IntStream.range(0, 20)
				.mapToObj((i) -> callers.submit(() -> quotes.ask(request(8))))
				.toList();
			entered.acquire(20);
			assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> quotes.ask(request(1)));
			assertThat(entered.availablePermits()).isZero();
			open.countDown();
			for (Future<Quotes> each : first) {
				// Their time may be over
				assertThat(each.get().quotes().size() + each.get().missing().size()).isEqualTo(8);
			}
			// Not all come in time on a busy machine
			Awaitility.await().until(() -> quotes.ask(request(8)).complete());
		}
		finally {
			open.countDown();
			callers.shutdownNow();
		}
	}

	private static QuoteRequest request(int carriers) {
		return new QuoteRequest("compass", 1, Collections.nCopies(carriers, "swift"));
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
