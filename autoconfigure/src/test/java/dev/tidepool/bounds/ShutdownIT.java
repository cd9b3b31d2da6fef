package dev.tidepool.bounds;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of an application context: no new calls, those in flight end in time or are
 * cancelled, and nothing is left (FAULTS 62).
 */
@Timeout(180)
class ShutdownIT {

	private static final String REFUSED = "No call is made to upstream";

	private static final String CANCELLED = "the connection pool was closed, because its application context is";

	private static final String CALLER = "shutdown-caller";

	private final Set<Thread> before = Thread.getAllStackTraces().keySet();

	private final CountDownLatch arrived = new CountDownLatch(1);

	private final CountDownLatch answer = new CountDownLatch(1);

	private final ExecutorService callers = Executors.newCachedThreadPool((task) -> new Thread(task, CALLER));

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class));

	private ConfigurableApplicationContext context;

	private RestClient client;

	private Upstreams upstreams;

	@AfterEach
	void nothingIsLeft() {
		this.answer.countDown();
		this.callers.shutdownNow();
		assertThatNoThreadIsLeft();
	}

	@Test
	void callInFlightEndsInTimeWhileALateOneIsNotSent() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			this.arrived.countDown();
			this.answer.await();
			exchange.respond(200, "fine");
		})) {
			this.contextRunner.run(test(() -> {
				CompletableFuture<String> inFlight = get(server.url());
				this.arrived.await();
				CompletableFuture<Void> closed = close();
				awaitBegin();
				CompletableFuture<?> post = call(
						() -> this.client.post().uri(server.url()).body("late").retrieve().toBodilessEntity());
				assertThatFails(post, REFUSED);
				assertThat(inFlight).isNotDone();
				assertThat(closed).isNotDone();
				this.answer.countDown();
				assertThat(inFlight.get()).isEqualTo("fine");
				closed.get();
				assertThatFails(get(server.url()), REFUSED);
			}));
			assertThat(server.log()).singleElement()
				.satisfies((request) -> assertThat(request.method()).isEqualTo("GET"));
			assertThatAllIsClosed(server);
		}
	}

	@Test
	void callInFlightMayEndWithItsRedirects() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/end")) {
				exchange.respond(200, "fine");
				return;
			}
			this.arrived.countDown();
			this.answer.await();
			exchange.respond(302, "", "Location: /end");
		})) {
			this.contextRunner.run(test(() -> {
				CompletableFuture<String> inFlight = get(server.url());
				this.arrived.await();
				CompletableFuture<Void> closed = close();
				awaitBegin();
				this.answer.countDown();
				assertThat(inFlight.get()).isEqualTo("fine");
				closed.get();
			}));
			assertThat(server.requests()).isEqualTo(2);
			assertThatAllIsClosed(server);
		}
	}

	@ParameterizedTest
	@EnumSource(Stall.class)
	void callThatStallsIsCancelledWhenTheTimeIsOver(Stall stall) throws Exception {
		try (ScriptedServer server = server(stall); Listener listener = new Listener()) {
			String url = switch (stall) {
				case CONNECT -> listener.full().url();
				case REQUEST -> listener.url();
				case HANDSHAKE -> listener.url().replace("http:", "https:");
				default -> server.url();
			};
			this.contextRunner
				.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=300ms", "tidepool.timeout.connect=10m",
						"tidepool.timeout.tls-handshake=10m", "tidepool.response.drain-max-time=10m",
						"tidepool.ssl.bundle=own")
				.withPropertyValues(TestTls.trustProperty("own", "first"))
				.run(test(() -> {
					CompletableFuture<?> inFlight = switch (stall) {
						case REQUEST -> call(() -> this.client.post()
							.uri(url)
							.body(new byte[64 * 1024 * 1024])
							.retrieve()
							.toBodilessEntity());
						case DRAIN -> call(() -> this.client.get()
							.uri(url)
							.exchange((request, response) -> response.getStatusCode().value()));
						default -> get(url);
					};
					awaitStalled(stall);
					long start = System.nanoTime();
					close().get();
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
					if (stall == Stall.DRAIN) {
						assertThat(inFlight.get()).isEqualTo(200);
					}
					else {
						assertThatFails(inFlight, CANCELLED);
					}
					assertThatNothingIsInUse();
				}));
			assertThatAllIsClosed(server);
			Awaitility.await().until(() -> Sockets.heldByClients(listener.port()) == listener.established());
		}
	}

	private ScriptedServer server(Stall stall) throws IOException {
		return ScriptedServer.start((exchange) -> {
			if (stall != Stall.HEAD) {
				exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart");
			}
			this.arrived.countDown();
			this.answer.await();
		});
	}

	private void awaitStalled(Stall stall) throws InterruptedException {
		switch (stall) {
			case HEAD -> this.arrived.await();
			case BODY, DRAIN -> {
				this.arrived.await();
				// In its read, by any means that can be seen from here
				awaitCallerIn("dev.tidepool.classic.BodyStream");
			}
			case HANDSHAKE -> awaitCallerIn("sun.security.ssl.SSLSocketImpl");
			case CONNECT -> awaitCallerIn("sun.nio.ch.SocketChannelImpl");
			case REQUEST -> {
				Awaitility.await().until(() -> this.upstreams.gate().active() == 1);
				awaitCallerIn("sun.nio.ch.SocketChannelImpl");
			}
		}
	}

	@Test
	void pendingCallerFailsAtOnce() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			this.arrived.countDown();
			this.answer.await();
			exchange.respond(200, "fine");
		})) {
			this.contextRunner
				.withPropertyValues("tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10m")
				.run(test(() -> {
					CompletableFuture<String> inFlight = get(server.url());
					this.arrived.await();
					List<CompletableFuture<String>> pending = new ArrayList<>();
					for (int i = 0; i < 20; i++) {
						pending.add(get(server.url()));
					}
					Awaitility.await().until(() -> stats().pending() == pending.size());
					CompletableFuture<Void> closed = close();
					for (CompletableFuture<String> each : pending) {
						assertThatFails(each, REFUSED);
					}
					assertThat(inFlight).isNotDone();
					this.answer.countDown();
					assertThat(inFlight.get()).isEqualTo("fine");
					closed.get();
					assertThatNothingIsInUse();
				}));
			assertThat(server.requests()).isOne();
			assertThatAllIsClosed(server);
		}
	}

	@Test
	void callThatPausesBeforeAnotherAttemptFailsAtOnce() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.respond(503, "busy", "Retry-After: 3600");
			this.arrived.countDown();
		})) {
			this.contextRunner.withPropertyValues("tidepool.retry.retry-after-max=2h").run(test(() -> {
				CompletableFuture<String> inFlight = get(server.url());
				this.arrived.await();
				awaitCallerIn("dev.tidepool.connection.Shutdown");
				close().get();
				assertThatFails(inFlight, REFUSED);
				assertThatNothingIsInUse();
			}));
			assertThat(server.requests()).isOne();
			assertThatAllIsClosed(server);
		}
	}

	@Test
	void failureInFlightIsTheOutcomeInsteadOfAPause() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			this.arrived.countDown();
			this.answer.await();
			exchange.respond(503, "busy", "Retry-After: 3600");
		})) {
			this.contextRunner.withPropertyValues("tidepool.retry.retry-after-max=2h").run(test(() -> {
				CompletableFuture<Integer> inFlight = call(() -> this.client.get()
					.uri(server.url())
					.exchange((request, response) -> response.getStatusCode().value()));
				this.arrived.await();
				CompletableFuture<Void> closed = close();
				awaitBegin();
				this.answer.countDown();
				assertThat(inFlight.get()).isEqualTo(503);
				closed.get();
			}));
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void closingAgainOrTogetherIsHarmless() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			this.arrived.countDown();
			this.answer.await();
		})) {
			this.contextRunner.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=10m").run(test(() -> {
				SharedPool pool = this.context.getBean(SharedPool.class);
				CompletableFuture<String> inFlight = get(server.url());
				this.arrived.await();
				CompletableFuture<Void> closed = close();
				awaitBegin();
				// Ends the graceful time at once
				CompletableFuture<Void> first = CompletableFuture.runAsync(pool::close, this.callers);
				CompletableFuture<Void> second = CompletableFuture.runAsync(pool::close, this.callers);
				first.get();
				second.get();
				closed.get();
				assertThatFails(inFlight, CANCELLED);
				pool.close();
				CountDownLatch answered = new CountDownLatch(1);
				pool.stop(answered::countDown);
				assertThat(answered.getCount()).isZero();
				pool.start();
				assertThatFails(get(server.url()), REFUSED);
				assertThatNothingIsInUse();
			}));
			assertThat(server.requests()).isOne();
			assertThatAllIsClosed(server);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void contextThatWasStoppedOrPausedCallsAgainOnceItIsStarted(boolean pause) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run(test(() -> {
				for (int i = 1; i <= 3; i++) {
					assertThat(get(server.url()).get()).isEqualTo("fine");
					assertThat(server.requests()).isEqualTo(i);
					if (pause) {
						this.context.pause();
					}
					else {
						this.context.stop();
					}
					assertThatFails(get(server.url()), REFUSED);
					assertThatAllIsClosed(server);
					if (pause) {
						this.context.restart();
					}
					else {
						this.context.start();
					}
				}
				assertThat(get(server.url()).get()).isEqualTo("fine");
			}));
			assertThat(server.requests()).isEqualTo(4);
			assertThatAllIsClosed(server);
		}
	}

	@Test
	void callsAreTakenAgainThoughSomeWereInFlightWhenTheTimeWasOver() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/stalls")) {
				this.arrived.countDown();
				this.answer.await();
			}
			exchange.respond(200, "fine");
		})) {
			this.contextRunner.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=50ms").run(test(() -> {
				CompletableFuture<String> inFlight = get(server.url() + "/stalls");
				this.arrived.await();
				this.context.stop();
				assertThatFails(get(server.url()), REFUSED);
				this.context.start();
				assertThat(get(server.url()).get()).isEqualTo("fine");
				this.answer.countDown();
				assertThat(inFlight.get()).isEqualTo("fine");
			}));
			assertThatAllIsClosed(server);
		}
	}

	@Test
	void beansThatStopOrAreDestroyedStillCall() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withBean("server", String.class, server::url)
				.withBean("likeWebServer", Stopping.class,
						() -> new Stopping(SmartLifecycle.DEFAULT_PHASE - 1024, server.url()))
				.withBean("late", Stopping.class, () -> new Stopping(Integer.MIN_VALUE + 1, server.url()))
				.withBean(Deregistering.class)
				.run(test(() -> {
					for (Stopping stopping : this.context.getBeansOfType(Stopping.class).values()) {
						stopping.calls(this.client, this.callers);
					}
					close().get();
				}));
			assertThat(server.log()).extracting((request) -> request.method() + request.path())
				.containsExactly("GET/" + (SmartLifecycle.DEFAULT_PHASE - 1024), "GET/" + (Integer.MIN_VALUE + 1),
						"DELETE/registration");
			assertThatAllIsClosed(server);
		}
	}

	@Test
	void contextsThatFollowEachOtherLeaveNothingBehind() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			for (int i = 1; i <= 3; i++) {
				this.contextRunner.run(test(() -> assertThat(get(server.url()).get()).isEqualTo("fine")));
				assertThat(server.accepted()).isEqualTo(i);
				assertThatAllIsClosed(server);
				assertThatNoThreadIsLeft();
			}
		}
	}

	private ContextConsumer<AssertableApplicationContext> test(Executable test) {
		return (context) -> {
			assertThat(context).hasNotFailed();
			this.context = context.getSourceApplicationContext(ConfigurableApplicationContext.class);
			this.client = context.getBean(RestClient.class);
			this.upstreams = context.getBean(Upstreams.class);
			test.execute();
		};
	}

	private CompletableFuture<String> get(String url) {
		return call(() -> this.client.get().uri(url).retrieve().body(String.class));
	}

	private <T> CompletableFuture<T> call(Supplier<T> call) {
		return CompletableFuture.supplyAsync(call, this.callers);
	}

	private CompletableFuture<Void> close() {
		return CompletableFuture.runAsync(this.context::close, this.callers);
	}

	private void awaitBegin() {
		Awaitility.await().until(this.upstreams.shutdown()::isBegun);
	}

	private static void awaitCallerIn(String type) {
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.entrySet()
				.stream()
				.filter((thread) -> thread.getKey().getName().equals(CALLER))
				.flatMap((thread) -> Stream.of(thread.getValue()))
				.anyMatch((frame) -> frame.getClassName().equals(type)));
	}

	private static void assertThatFails(CompletableFuture<?> call, String message) {
		assertThat(call).failsWithin(Duration.ofSeconds(30))
			.withThrowableOfType(ExecutionException.class)
			.havingCause()
			.isInstanceOf(RestClientException.class)
			.havingCause()
			.isInstanceOf(SocketException.class)
			.withMessageContaining(message);
	}

	private void assertThatNothingIsInUse() {
		assertThat(this.upstreams.gate().active()).isZero();
		assertThat(stats().pending()).isZero();
		assertThat(stats().connections()).isEmpty();
	}

	private UpstreamStats stats() {
		return this.upstreams.stats().iterator().next();
	}

	private void assertThatAllIsClosed(ScriptedServer server) {
		// It sees the end of a connection when it reads again
		this.answer.countDown();
		Awaitility.await().until(() -> server.open() == 0 && Sockets.heldByClients(server.port()) == 0);
	}

	private void assertThatNoThreadIsLeft() {
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).filteredOn(Thread::isAlive)
				.filteredOn((thread) -> !this.before.contains(thread))
				.extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("tidepool-")));
	}

	/**
	 * What a call waits on.
	 */
	enum Stall {

		CONNECT, HANDSHAKE, REQUEST, HEAD, BODY, DRAIN

	}

	/**
	 * Accepts no connection: its kernel does, and then does not any more.
	 */
	private static final class Listener implements AutoCloseable {

		private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

		private final List<SocketChannel> fillers = new ArrayList<>();

		Listener() throws IOException {
		}

		Listener full() throws IOException {
			for (int i = 0; i < 8; i++) {
				SocketChannel filler = SocketChannel.open();
				filler.configureBlocking(false);
				filler.connect(this.listener.getLocalSocketAddress());
				this.fillers.add(filler);
			}
			return this;
		}

		int port() {
			return this.listener.getLocalPort();
		}

		String url() {
			return "http://localhost:" + port();
		}

		long established() throws IOException {
			return this.fillers.stream().filter(Listener::isEstablished).count();
		}

		private static boolean isEstablished(SocketChannel filler) {
			try {
				return filler.finishConnect();
			}
			catch (IOException ex) {
				return false;
			}
		}

		@Override
		public void close() throws IOException {
			for (SocketChannel filler : this.fillers) {
				filler.close();
			}
			this.listener.close();
		}

	}

	/**
	 * Calls, on another thread, when it is stopped.
	 */
	static final class Stopping implements SmartLifecycle {

		private final int phase;

		private final String url;

		private volatile boolean running;

		private RestClient client;

		private Executor callers;

		Stopping(int phase, String url) {
			this.phase = phase;
			this.url = url;
		}

		void calls(RestClient client, Executor callers) {
			this.client = client;
			this.callers = callers;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public void stop(Runnable callback) {
			stop();
			this.callers.execute(() -> {
				this.client.get().uri(this.url + "/" + this.phase).retrieve().toBodilessEntity();
				callback.run();
			});
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

	/**
	 * Calls when it is destroyed, as clients of registries do.
	 */
	static final class Deregistering implements DisposableBean {

		private final RestClient client;

		private final String url;

		Deregistering(RestClient client, String url) {
			this.client = client;
			this.url = url;
		}

		@Override
		public void destroy() {
			this.client.delete().uri(this.url + "/registration").retrieve().toBodilessEntity();
		}

	}

}
