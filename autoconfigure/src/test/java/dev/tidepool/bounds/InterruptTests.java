package dev.tidepool.bounds;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.hc.client5.http.DnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.DeafServer;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Script;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A caller that is interrupted leaves at once, wherever it waits, with its flag set, and
 * leaves nothing behind (FAULTS 54, 61).
 */
class InterruptTests {

	private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx";

	private static final byte[] LARGE = new byte[32 * 1024 * 1024];

	private static final String[] OVER_TLS = { TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own" };

	private final ScriptedResolver names = new ScriptedResolver();

	private final CountDownLatch stopped = new CountDownLatch(1);

	// Nothing but the interrupt ends a wait
	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withBean(DnsResolver.class, () -> this.names)
		.withPropertyValues("tidepool.timeout.connect=1h", "tidepool.timeout.tls-handshake=1h",
				"tidepool.timeout.response=1h", "tidepool.timeout.read=1h", "tidepool.pool.acquire-timeout=1h",
				"tidepool.response.drain-max-time=1h", "tidepool.retry.retry-after-max=1h");

	@BeforeEach
	void names() throws Exception {
		this.names.with("localhost", "127.0.0.1");
	}

	@AfterEach
	void stop() {
		this.stopped.countDown();
		this.names.release();
	}

	@Test
	@FaultCase(value = 61, through = Client.REST_CLIENT)
	void pendingAtTheGate() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> this.stopped.await())) {
			this.contextRunner.withPropertyValues("tidepool.pool.max-per-upstream=1").run((context) -> {
				Caller first = new Caller(() -> get(context, server.url()));
				Awaitility.await().until(() -> server.requests() == 1);
				Caller second = new Caller(() -> get(context, server.url()));
				Awaitility.await().until(() -> pending(context) == 1);
				second.isInterrupted();
				assertThat(pending(context)).isZero();
				assertThat(context.getBean(Upstreams.class).gate().active()).isOne();
				first.isInterrupted();
				leavesNothing(context);
			});
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	@FaultCase(value = 61, through = Client.REST_CLIENT)
	void resolving() {
		this.contextRunner.run((context) -> {
			Caller caller = new Caller(() -> get(context, "http://hanging:80"));
			Awaitility.await().until(() -> this.names.started() == 1);
			caller.isInterrupted();
			leavesNothing(context);
		});
		assertThat(this.names.started()).isOne();
	}

	@Test
	@FaultCase(value = 61, through = Client.REST_CLIENT)
	void connecting() throws Exception {
		try (DeafServer deaf = DeafServer.start("127.0.0.1", 0);
				DeafServer other = DeafServer.start("127.0.0.2", deaf.port())) {
			this.names.with("deaf", "127.0.0.1", "127.0.0.2");
			this.contextRunner.run((context) -> {
				Caller caller = new Caller(() -> get(context, "http://deaf:" + other.port()));
				Awaitility.await().until(() -> caller.isIn("connect"));
				caller.isInterrupted();
				leavesNothing(context);
			});
		}
		assertThat(this.names.started()).isOne();
	}

	@Test
	@FaultCase(value = 61, over = Transport.TLS, through = Client.REST_CLIENT)
	void handshake() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			this.contextRunner.run((context) -> {
				Caller caller = new Caller(() -> get(context, "https://localhost:" + silent.getLocalPort()));
				Awaitility.await().until(() -> caller.isIn("startHandshake"));
				caller.isInterrupted();
				leavesNothing(context);
			});
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void writingTheRequest(boolean tls) throws Exception {
		try (ScriptedServer server = upload(tls, (exchange) -> this.stopped.await())) {
			this.contextRunner.withPropertyValues(OVER_TLS).run((context) -> {
				Caller caller = new Caller(() -> put(context, server.url()));
				Awaitility.await().until(() -> server.requests() == 1 && caller.isIn("writeTo"));
				caller.isInterrupted();
				leavesNothing(context);
			});
			assertThat(server.requests()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void waitingForTheHeadThatIsBeingReadSinceTheUpload(boolean tls) throws Exception {
		CountDownLatch read = new CountDownLatch(1);
		try (ScriptedServer server = upload(tls, (exchange) -> {
			exchange.raw("HTTP/1.1 103 Early Hints\r\n\r\n");
			Awaitility.await().until(InterruptTests::isListening);
			exchange.input().readNBytes(LARGE.length);
			read.countDown();
			this.stopped.await();
		})) {
			this.contextRunner.withPropertyValues(OVER_TLS).run((context) -> {
				Caller caller = new Caller(() -> put(context, server.url()));
				assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
				Awaitility.await().until(() -> caller.isIn("awaitDone"));
				caller.isInterrupted();
				leavesNothing(context);
				Awaitility.await().until(() -> !isListening());
			});
			assertThat(server.requests()).isOne();
		}
	}

	private static ScriptedServer upload(boolean tls, Script script) throws Exception {
		return (tls ? ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO, script)
				: ScriptedServer.start(script))
			.withoutReadingBodies();
	}

	private static Object put(ApplicationContext context, String url) {
		return context.getBean(RestClient.class).put().uri(url).body(LARGE).retrieve().toBodilessEntity();
	}

	private static boolean isListening() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().equals("tidepool-early-response"));
	}

	@Test
	@FaultCase(value = 61, through = Client.REST_CLIENT)
	void waitingForTheHead() throws Exception {
		isInterrupted((exchange) -> {
		}, (context, server) -> get(context, server.url()));
	}

	@Test
	@FaultCase(value = 61, through = Client.REST_CLIENT)
	void readingTheBody() throws Exception {
		isInterrupted((exchange) -> exchange.raw(HEAD),
				(context, server) -> context.getBean(RestClient.class)
					.get()
					.uri(server.url())
					.exchange((request, response) -> response.getBody().readAllBytes()));
	}

	@Test
	@FaultCase(value = 61, through = Client.REST_CLIENT)
	void draining() throws Exception {
		CountDownLatch closing = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.raw(HEAD);
			this.stopped.await();
		})) {
			this.contextRunner.run((context) -> {
				Caller caller = new Caller(() -> context.getBean(RestClient.class)
					.get()
					.uri(server.url())
					.exchange((request, response) -> {
						closing.countDown();
						return null;
					}));
				assertThat(closing.await(30, TimeUnit.SECONDS)).isTrue();
				Awaitility.await().until(() -> caller.isIn("drain"));
				caller.interrupt();
				// Has its answer already
				assertThat(caller.thrown).isNull();
				leavesNothing(context);
				assertThat(server.requests()).isOne();
			});
		}
	}

	@Test
	@FaultCase(value = 54, through = Client.REST_CLIENT)
	void pausingBeforeARepeat() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, "", "Retry-After: 60"))) {
			this.contextRunner.run((context) -> {
				Caller caller = new Caller(() -> get(context, server.url()));
				Awaitility.await().until(() -> caller.isIn("pause"));
				caller.isInterrupted();
				leavesNothing(context);
			});
			assertThat(server.requests()).isOne();
		}
	}

	private interface Call {

		Object run(ApplicationContext context, ScriptedServer server);

	}

	private void isInterrupted(Script answer, Call call) throws Exception {
		AtomicBoolean answered = new AtomicBoolean();
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			answer.run(exchange);
			answered.set(true);
			this.stopped.await();
		})) {
			this.contextRunner.run((context) -> {
				Caller caller = new Caller(() -> call.run(context, server));
				Awaitility.await().untilTrue(answered);
				Awaitility.await().until(() -> caller.isIn("park") || caller.isIn("read"));
				caller.isInterrupted();
				leavesNothing(context);
				assertThat(server.requests()).isOne();
				assertThat(server.accepted()).isOne();
			});
		}
	}

	private static Object get(ApplicationContext context, String url) {
		return context.getBean(RestClient.class).get().uri(url).retrieve().toBodilessEntity();
	}

	private static int pending(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().stream().mapToInt((stats) -> (int) stats.pending()).sum();
	}

	private static void leavesNothing(ApplicationContext context) {
		UpstreamStats stats = context.getBean(Upstreams.class).stats().iterator().next();
		assertThat(context.getBean(Upstreams.class).gate().active()).isZero();
		assertThat(pending(context)).isZero();
		assertThat(stats.connections(State.ACTIVE)).isZero();
	}

	/**
	 * A thread that makes one call.
	 */
	private static final class Caller {

		private final Thread thread;

		private volatile Exception thrown;

		private volatile boolean flag;

		Caller(Callable<?> call) {
			this.thread = new Thread(() -> {
				try {
					call.call();
				}
				catch (Exception ex) {
					this.thrown = ex;
				}
				this.flag = Thread.currentThread().isInterrupted();
			});
			this.thread.setDaemon(true);
			this.thread.start();
		}

		/**
		 * Whether the thread is in a method just now.
		 * @param method its name
		 * @return whether it is
		 */
		boolean isIn(String method) {
			for (StackTraceElement element : this.thread.getStackTrace()) {
				if (element.getMethodName().equals(method)) {
					return true;
				}
			}
			return false;
		}

		void interrupt() throws InterruptedException {
			this.thread.interrupt();
			this.thread.join(Duration.ofSeconds(30).toMillis());
			assertThat(this.thread.isAlive()).isFalse();
			assertThat(this.flag).as("interrupt flag").isTrue();
		}

		void isInterrupted() throws InterruptedException {
			interrupt();
			assertThat(this.thrown).hasStackTraceContaining("Interrupted")
				.hasCauseInstanceOf(InterruptedIOException.class);
		}

	}

}
