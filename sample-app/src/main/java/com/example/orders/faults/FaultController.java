package com.example.orders.faults;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Makes one fault at a time: {@code POST /faults/leak}. Only where the upstreams are
 * stand-ins, as a real one should not be treated like this.
 */
@RestController
@ConditionalOnBooleanProperty("faults.enabled")
class FaultController {

	private static final Log logger = LogFactory.getLog(FaultController.class);

	private static final int MAX_SECONDS = 300;

	private final Map<String, Fault> faults;

	private final AsyncTaskExecutor executor;

	private final AtomicReference<@Nullable String> running = new AtomicReference<>();

	FaultController(Map<String, Fault> faults, AsyncTaskExecutor applicationTaskExecutor) {
		this.faults = faults;
		this.executor = applicationTaskExecutor;
	}

	@PostMapping("/faults/{name}")
	@ResponseStatus(HttpStatus.ACCEPTED)
	String start(@PathVariable String name, @RequestParam(required = false) @Nullable Integer seconds) {
		Fault fault = this.faults.get(name);
		if (fault == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There are " + this.faults.keySet());
		}
		if (seconds != null && (seconds < 1 || seconds > MAX_SECONDS)) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Up to %d seconds".formatted(MAX_SECONDS));
		}
		Duration length = (seconds != null) ? Duration.ofSeconds(seconds) : fault.length();
		if (!this.running.compareAndSet(null, name)) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "One at a time: wait for " + this.running.get());
		}
		this.executor.submitCompletable(() -> run(fault, length)).whenComplete((done, failure) -> {
			this.running.set(null);
			logger.info("The fault %s is over%s".formatted(name, (failure != null) ? ": " + failure : ""));
		});
		return "%s is made for %d s; docs/faults-to-try.md says what to look at%n".formatted(name, length.toSeconds());
	}

	private static @Nullable Void run(Fault fault, Duration length) throws InterruptedException {
		fault.run(length);
		return null;
	}

}
