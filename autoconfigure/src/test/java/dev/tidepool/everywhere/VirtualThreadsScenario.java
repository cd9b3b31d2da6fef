package dev.tidepool.everywhere;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.LimitedJvm;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestTls;

/**
 * An application with {@code spring.threads.virtual.enabled}, in a JVM whose virtual
 * threads have one carrier: a caller that holds on to it while it waits stops all others,
 * and what the upstream waits for never comes.
 */
final class VirtualThreadsScenario {

	static final int CALLERS = 150;

	static final int LIMIT = 100;

	private static final long BOUND_SECONDS = 60;

	private final CountDownLatch requests = new CountDownLatch(LIMIT);

	private final CountDownLatch beginnings = new CountDownLatch(LIMIT);

	private final CountDownLatch stalled = new CountDownLatch(1);

	private final AtomicInteger virtual = new AtomicInteger();

	private VirtualThreadsScenario() {
	}

	public static void main(String[] args) throws Exception {
		VirtualThreadsScenario scenario = new VirtualThreadsScenario();
		boolean tls = Boolean.parseBoolean(args[0]);
		try (ScriptedServer server = tls
				? ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO, scenario::answer)
				: ScriptedServer.start(scenario::answer); ConfigurableApplicationContext context = start()) {
			scenario.run(server, context);
		}
		System.exit(0);
	}

	private static ConfigurableApplicationContext start() {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		// Standard output is for the result
		application.setLogStartupInfo(false);
		return application.run("--spring.main.banner-mode=off", "--logging.level.root=off",
				"--spring.threads.virtual.enabled=true", "--tidepool.pool.max-per-upstream=" + LIMIT,
				"--tidepool.pool.acquire-timeout=1m", "--tidepool.keep-alive.upstream-timeout=5m",
				"--tidepool.timeout.response=1m", "--tidepool.timeout.connect=1m",
				"--tidepool.timeout.tls-handshake=1m", "--tidepool.timeout.read=1m",
				"--" + TestTls.trustProperty("own", "first"), "--tidepool.ssl.bundle=own");
	}

	// Each stage goes on only when as many callers as there may be have reached it
	private void answer(ScriptedServer.Exchange exchange) throws Exception {
		if (exchange.request().path().equals("/stall")) {
			this.stalled.countDown();
			exchange.stall(Duration.ofSeconds(BOUND_SECONDS));
			return;
		}
		this.requests.countDown();
		this.requests.await(BOUND_SECONDS, TimeUnit.SECONDS);
		exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfi");
		this.beginnings.await(BOUND_SECONDS, TimeUnit.SECONDS);
		exchange.raw("ne");
	}

	private void run(ScriptedServer server, ConfigurableApplicationContext context) throws Exception {
		AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
		RestClient client = context.getBean(RestClient.class);
		List<Future<String>> calls = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			calls.add(executor.submit(() -> call(client, server)));
		}
		int fine = 0;
		for (Future<String> call : calls) {
			fine += call.get(BOUND_SECONDS, TimeUnit.SECONDS).equals("fine") ? 1 : 0;
		}
		Future<?> cancelled = executor
			.submit(() -> client.get().uri(server.uri("/stall")).retrieve().toBodilessEntity());
		this.stalled.await(BOUND_SECONDS, TimeUnit.SECONDS);
		cancelled.cancel(true);
		Awaitility.await().until(() -> context.getBean(Upstreams.class).gate().active() == 0);
		LimitedJvm.print("fine", fine, "virtual", this.virtual, "requests", server.requests(), "accepted",
				server.accepted(), "missing", this.requests.getCount());
	}

	private String call(RestClient client, ScriptedServer server) {
		if (Thread.currentThread().toString().startsWith("VirtualThread")) {
			this.virtual.incrementAndGet();
		}
		return client.get().uri(server.uri("/")).exchange((request, response) -> {
			InputStream body = response.getBody();
			byte[] beginning = body.readNBytes(2);
			this.beginnings.countDown();
			return new String(beginning, StandardCharsets.UTF_8)
					+ new String(body.readAllBytes(), StandardCharsets.UTF_8);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
