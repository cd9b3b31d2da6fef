package com.example.orders;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/**
 * Places made-up orders, so that the meters move: in small bursts, some at the same time,
 * and with a pause now and then that is longer than the upstreams keep a connection, so
 * that idle connections are seen to be closed. For a demonstration only: the orders are
 * paid.
 */
@Component
@EnableScheduling
@ConditionalOnBooleanProperty("orders.trickle")
class Trickle implements SchedulingConfigurer {

	private static final Log logger = LogFactory.getLog(Trickle.class);

	private static final String[] SKUS = { "barometer", "compass", "lantern" };

	private static final int MAX_BURST = 6;

	private static final int BURSTS_BETWEEN_PAUSES = 20;

	private static final Duration PAUSE = Duration.ofSeconds(5);

	private final OrderService orders;

	private final AsyncTaskExecutor executor;

	private int bursts;

	private int placed;

	private boolean failing;

	Trickle(OrderService orders, AsyncTaskExecutor applicationTaskExecutor) {
		this.orders = orders;
		this.executor = applicationTaskExecutor;
	}

	@Override
	public void configureTasks(ScheduledTaskRegistrar registrar) {
		registrar.addTriggerTask(this::burst, (context) -> Instant.now().plus(untilNextBurst()));
	}

	private Duration untilNextBurst() {
		if (this.bursts < BURSTS_BETWEEN_PAUSES) {
			return Duration.ofMillis(ThreadLocalRandom.current().nextInt(100, 700));
		}
		logger.info("Placed %d made-up orders; pausing for %d s, so that idle connections age out"
			.formatted(this.placed, PAUSE.toSeconds()));
		this.bursts = 0;
		this.placed = 0;
		return PAUSE;
	}

	private void burst() {
		this.bursts++;
		int size = ThreadLocalRandom.current().nextInt(1, MAX_BURST + 1);
		try {
			CompletableFuture
				.allOf(IntStream.range(0, size)
					.mapToObj((i) -> this.executor.submitCompletable(this::order))
					.toArray(CompletableFuture[]::new))
				.join();
			this.placed += size;
			this.failing = false;
		}
		catch (CompletionException ex) {
			if (!this.failing) {
				logger.warn("Made-up orders fail, this one and perhaps more: " + ex.getCause());
			}
			this.failing = true;
		}
	}

	private void order() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		this.orders.place(new OrderRequest(SKUS[random.nextInt(SKUS.length)], random.nextInt(1, 4)));
	}

}
