package dev.tidepool.reactive;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.tidepool.connection.PoolControl;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestTls;

/**
 * Makes calls of many kinds, and writes down what blocked an I/O thread.
 */
final class BlockingScenario {

	private static final Duration WIDE = Duration.ofMinutes(2);

	private static final Set<String> BLOCKED = ConcurrentHashMap.newKeySet();

	/**
	 * Whose turn it is with a connection: the sweeper lets go within microseconds.
	 */
	private static final String TURN = "dev.tidepool.connection.Turn";

	private static final String TURN_WAITS = "move";

	/**
	 * Whose locks may be met. None is held while anything is waited for, told or called:
	 * who meets one waits for microseconds, as at any synchronized block, of which
	 * BlockHound says nothing.
	 */
	private static final Set<String> HELD_BRIEFLY = Set.of(
			// The line at the gate: moves an element; callbacks are told outside
			"dev.tidepool.connection.AdmissionQueue", TURN,
			// The locks of a channel, held over reads and writes that do not block
			"org.apache.hc.core5.io.Closer", "dev.tidepool.async.AsyncConnection",
			// The queue of a session's commands, its interest in events, its TLS engine
			"org.apache.hc.core5.reactor.IOSessionImpl", "org.apache.hc.core5.reactor.ssl.SSLIOSession",
			// At its end, with nothing left to do, which the one who closes it tells it
			"org.apache.hc.core5.reactor.AbstractSingleCoreIOReactor",
			// The output buffer, and the window of the input
			"org.apache.hc.core5.http.impl.nio.AbstractHttp1StreamDuplexer",
			"org.apache.hc.core5.http.impl.nio.AbstractHttp1StreamDuplexer$CapacityWindow");

	/**
	 * Files that the JDK reads in TLS: /dev/urandom, which never waits, and once in a
	 * JVM, as these classes are loaded, the names of certificates.
	 */
	private static final List<String> FILES_OF_TLS = List.of("sun.security.provider.NativePRNG",
			"sun.security.util.AnchorCertificates", "sun.security.util.UntrustedCertificates");

	private BlockingScenario() {
	}

	public static void main(String[] args) throws Exception {
		requireAllToExist();
		BlockHound.install((builder) -> builder
			.nonBlockingThreadPredicate((others) -> others.or((thread) -> thread.getName().startsWith("tidepool-io-")))
			.blockingMethodCallback(BlockingScenario::blocked));
		try (ScriptedServer plain = ScriptedServer.start(BlockingScenario::answer).withoutLog();
				ScriptedServer secure = ScriptedServer
					.startTls(TestTls.server("first"), Duration.ZERO, BlockingScenario::answer)
					.withoutLog()) {
			switch (args[0]) {
				case "calls" -> run((application) -> {
					calls(application, plain);
					calls(application, secure);
					application.context().getBean(PoolControl.class).evictIdle();
				}, TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own");
				case "untrusted" ->
					run((application) -> get(application.client(), secure.uri("/fast"), 0).onErrorComplete()
						.block(WIDE));
				case "sleep" -> run((application) -> sleep(application, plain));
				default -> throw new IllegalArgumentException(args[0]);
			}
		}
		finish(Path.of(args[1]));
	}

	// Else a new name has the test fail once in a hundred runs, when somebody meets it
	private static void requireAllToExist() throws ClassNotFoundException {
		for (String type : HELD_BRIEFLY) {
			Class.forName(type);
		}
		if (Arrays.stream(Class.forName(TURN).getDeclaredMethods())
			.map(Method::getName)
			.noneMatch(TURN_WAITS::equals)) {
			throw new IllegalStateException("%s has no method %s".formatted(TURN, TURN_WAITS));
		}
	}

	private static void run(Reactive.Case scenario, String... properties) {
		ReactiveApplication.runner()
			.withPropertyValues("tidepool.pool.max-per-upstream=8", "tidepool.pool.acquire-timeout=1m",
					"tidepool.retry.backoff.initial=5ms", "tidepool.keep-alive.upstream-timeout=500ms",
					"tidepool.pool.leak-detection-threshold=10s")
			.withPropertyValues(properties)
			.run((context) -> scenario.run(new ReactiveApplication(context)));
	}

	private static void finish(Path output) throws IOException {
		List<String> result = new ArrayList<>(BLOCKED);
		result.add("done");
		Files.write(output, result);
		System.exit(0);
	}

	// Told from within the method that blocks
	private static void blocked(BlockingMethod method) {
		List<StackTraceElement> stack = Arrays.stream(Thread.currentThread().getStackTrace())
			.dropWhile((frame) -> !isAt(frame, method.getClassName(), method.getName()))
			.toList();
		List<StackTraceElement> ours = stack.stream().filter((frame) -> frame.getModuleName() == null).toList();
		boolean locks = stack.stream()
			.anyMatch((frame) -> isAt(frame, ReentrantLock.class.getName(), "lock") || isAt(frame, TURN, TURN_WAITS));
		boolean ofTls = stack.stream()
			.anyMatch((frame) -> FILES_OF_TLS.stream().anyMatch(frame.getClassName()::startsWith));
		if (ofTls || (locks && !ours.isEmpty() && HELD_BRIEFLY.contains(ours.get(0).getClassName()))) {
			return;
		}
		BLOCKED.add("%s: %s in %s".formatted(Thread.currentThread().getName(), method,
				stack.stream().map(StackTraceElement::toString).collect(Collectors.joining(" < "))));
	}

	private static boolean isAt(StackTraceElement frame, String type, String method) {
		return frame.getClassName().equals(type.replace('/', '.')) && frame.getMethodName().equals(method);
	}

	private static void answer(ScriptedServer.Exchange exchange) throws Exception {
		switch (exchange.request().path()) {
			case "/slow" -> {
				exchange.stall(Duration.ofMillis(5));
				exchange.respond(200, "slow");
			}
			case "/retried" -> {
				if (exchange.attempt() < 3) {
					exchange.respond(503, "busy");
				}
				else {
					exchange.respond(200, "fine");
				}
			}
			case "/lost" -> {
				if (exchange.attempt() == 1) {
					exchange.reset();
				}
				else {
					exchange.respond(200, "fine");
				}
			}
			case "/close" -> exchange.respond(200, "fine", "Connection: close");
			case "/redirected" -> exchange.respond(302, "there", "Location: /fast");
			case "/large" -> exchange.respond(200, "x".repeat(250_000));
			case "/drained" -> exchange.respond(200, "x".repeat(100_000));
			case "/stalled" -> exchange.stall(Duration.ofSeconds(1));
			default -> exchange.respond(200, "fine " + exchange.request().body().length);
		}
	}

	private static void sleep(ReactiveApplication application, ScriptedServer server) {
		application.client().get().uri(server.uri("/fast")).retrieve().bodyToMono(String.class).map((body) -> {
			try {
				Thread.sleep(1);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return body;
		}).block(WIDE);
	}

	private static void calls(ReactiveApplication application, ScriptedServer server) throws Exception {
		WebClient client = application.client();
		// What is made when it is needed first, such as the TLS material
		get(client, server.uri("/fast"), 0).block(WIDE);
		CountDownLatch blocking = blockingCalls(application, server, 4, 100);
		List<String> paths = List.of("/fast", "/slow", "/retried", "/lost", "/close", "/redirected", "/large");
		Flux.range(0, 1_500)
			.flatMap((index) -> get(client, server.uri(paths.get(index % paths.size())), index), 32)
			.then()
			.block(WIDE);
		Flux.range(0, 100).flatMap((index) -> {
			Flux<byte[]> body = Flux.range(0, 20).map((piece) -> new byte[10_000]);
			return client.post().uri(server.uri("/fast")).body(body, byte[].class).retrieve().bodyToMono(String.class);
		}, 16).then().block(WIDE);
		// Goes away before the head, and within a body that is drained, or given up
		Flux.just("/stalled", "/drained", "/large")
			.repeat(50)
			.flatMap((path) -> client.get()
				.uri(server.uri(path))
				.retrieve()
				.bodyToFlux(DataBuffer.class)
				.next()
				.then()
				.timeout(Duration.ofMillis(20), Mono.empty()), 8)
			.then()
			.block(WIDE);
		// Fails: refused, unknown, not in time
		get(client, URI.create("http://localhost:1"), 0).onErrorComplete().block(WIDE);
		get(client, URI.create("http://unknown.invalid"), 0).onErrorComplete().block(WIDE);
		if (!blocking.await(WIDE.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException("Blocking calls hang");
		}
		// Idle connections age out meanwhile
		Mono.delay(Duration.ofMillis(1_000)).block(WIDE);
		get(client, server.uri("/fast"), 0).block(WIDE);
	}

	private static Mono<String> get(WebClient client, URI uri, int id) {
		return client.get().uri(uri).header("X-Id", uri.getPort() + "-" + id).retrieve().bodyToMono(String.class);
	}

	private static CountDownLatch blockingCalls(ReactiveApplication application, ScriptedServer server, int threads,
			int calls) {
		RestClient client = application.blockingClient();
		CountDownLatch over = new CountDownLatch(threads);
		for (int i = 0; i < threads; i++) {
			new Thread(() -> {
				for (int call = 0; call < calls; call++) {
					client.get().uri(server.uri("/fast")).retrieve().toBodilessEntity();
				}
				over.countDown();
			}).start();
		}
		return over;
	}

}
