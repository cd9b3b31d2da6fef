package dev.tidepool.measured;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/**
 * Answers each request by a call to its upstream, whatever the request is for. A proxy
 * that is the application itself makes this a loop.
 */
@RestController
class SelfCallingController {

	private final AtomicInteger entered = new AtomicInteger();

	private volatile Supplier<RestClient> client;

	private volatile String upstream;

	void call(String upstream, Supplier<RestClient> client) {
		this.upstream = upstream;
		this.client = client;
	}

	int entered() {
		return this.entered.get();
	}

	@GetMapping("/**")
	String enter() {
		this.entered.incrementAndGet();
		return this.client.get().get().uri(this.upstream).retrieve().body(String.class);
	}

}
