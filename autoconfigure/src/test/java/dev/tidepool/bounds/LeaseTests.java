package dev.tidepool.bounds;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

import org.apache.hc.core5.pool.StrictConnPool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.classic.ClassicPool;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Taking a connection out of the pool, once the gate is passed.
 */
class LeaseTests {

	// The common pool has one thread on two cores
	private static final Executor THREAD_EACH = (task) -> new Thread(task).start();

	private static final Duration ACQUIRE_TIMEOUT = Duration.ofMillis(50);

	@Test
	void callOnAnInterruptedThreadFailsAsAnInterruptedOneAndKeepsTheFlag() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().run((context) -> {
				Thread.currentThread().interrupt();
				assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> call(context, server))
					.withMessageContaining("Interrupted in attempt 1 of GET");
				assertThat(Thread.interrupted()).isTrue();
				assertThat(context.getBean(Upstreams.class).gate().active()).isZero();
				call(context, server);
				assertThat(server.requests()).isOne();
			});
		}
	}

	@Test
	void acquireTimeoutDoesNotCountWaitsForTheLockOfThePool() throws Exception {
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application()
				.withPropertyValues("tidepool.pool.acquire-timeout=" + ACQUIRE_TIMEOUT.toMillis() + "ms")
				.run((context) -> {
					call(context, server);
					CompletableFuture<Void> holder = CompletableFuture
						.runAsync(() -> pool(context).enumAvailable((entry) -> {
							held.countDown();
							await(released);
						}), THREAD_EACH);
					held.await();
					CompletableFuture<Void> caller = CompletableFuture.runAsync(() -> call(context, server),
							THREAD_EACH);
					Awaitility.await()
						.pollDelay(ACQUIRE_TIMEOUT.multipliedBy(4))
						.until(() -> context.getBean(Upstreams.class).gate().active() == 1 || caller.isDone());
					released.countDown();
					assertThat(caller).succeedsWithin(Duration.ofSeconds(10));
					assertThat(holder).succeedsWithin(Duration.ofSeconds(10));
					assertThat(server.requests()).isEqualTo(2);
				});
		}
	}

	private static StrictConnPool<?, ?> pool(ApplicationContext context) {
		return (StrictConnPool<?, ?>) ReflectionTestUtils.getField(context.getBean(ClassicPool.class), "pool");
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void call(ApplicationContext context, ScriptedServer server) {
		context.getBean(RestClient.class).get().uri(server.url()).retrieve().toBodilessEntity();
	}

}
