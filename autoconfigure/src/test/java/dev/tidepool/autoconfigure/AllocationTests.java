package dev.tidepool.autoconfigure;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;

import com.sun.management.ThreadMXBean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a call of RestClient allocates, from its URI on: 5.4 KB before it is compiled, and
 * 4.5 KB after. As many again are Spring's where it is given a template.
 */
class AllocationTests {

	private static final int CALLS = 500;

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final ApplicationContextRunner contextRunner = TestRunners.application();

	private ScriptedServer server;

	@BeforeEach
	void start() throws Exception {
		this.server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
		this.server.withoutLog();
	}

	@AfterEach
	void stop() throws Exception {
		this.server.close();
	}

	@Test
	void getAllocatesLittleMoreThanItsRequestAndResponse() {
		this.contextRunner.run((context) -> {
			RestClient client = context.getBean(RestClient.class);
			URI uri = this.server.uri("/items");
			allocatesLessThan(6500, () -> client.get().uri(uri).retrieve().body(byte[].class));
		});
		assertThat(this.server.accepted()).isOne();
	}

	@Test
	void postAllocatesLittleMoreThanItsRequestAndResponse() {
		this.contextRunner.run((context) -> {
			RestClient client = context.getBean(RestClient.class);
			URI uri = this.server.uri("/items");
			byte[] body = new byte[200];
			allocatesLessThan(8500, () -> client.post().uri(uri).body(body).retrieve().body(byte[].class));
		});
		assertThat(this.server.accepted()).isOne();
	}

	// Once it is compiled, which takes its time on a busy machine
	private static void allocatesLessThan(long bytes, Runnable call) {
		Awaitility.await()
			.pollInSameThread()
			.pollDelay(Duration.ZERO)
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(bytes(call)).isLessThan(bytes));
	}

	private static long bytes(Runnable call) {
		long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
		for (int i = 0; i < CALLS; i++) {
			call.run();
		}
		return (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / CALLS;
	}

}
