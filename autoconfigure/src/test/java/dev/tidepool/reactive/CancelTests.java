package dev.tidepool.reactive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClient.RequestHeadersSpec;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.reactive.function.client.support.ClientResponseWrapper;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.KeepAliveEstimate;
import dev.tidepool.testsupport.DeafServer;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A caller cancels, at each point that a call passes. Its slot is free when cancel
 * returns, unless the rest of the response is worth reading.
 */
class CancelTests extends Reactive {

	private static final String[] ONE_SLOT = { "tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10m",
			"tidepool.timeout.connect=10m", "tidepool.timeout.tls-handshake=10m", "tidepool.timeout.response=10m",
			"tidepool.timeout.read=10m" };

	private static final String[] ONE_SLOT_AND_TIME_TO_DRAIN = Stream
		.concat(Stream.of(ONE_SLOT), Stream.of("tidepool.response.drain-max-time=20s"))
		.toArray(String[]::new);

	private final CountDownLatch reached = new CountDownLatch(1);

	private final CountDownLatch answer = new CountDownLatch(1);

	private final AtomicBoolean told = new AtomicBoolean();

	private ScriptedServer answering(ScriptedServer.Script script) throws IOException {
		return serve((exchange) -> {
			if (exchange.request().path().equals("/fast")) {
				exchange.respond(200, "fine");
			}
			else {
				script.run(exchange);
			}
		});
	}

	private ScriptedServer stallingAfter(String sent) throws IOException {
		return answering((exchange) -> {
			exchange.raw(sent);
			this.reached.countDown();
			this.answer.await();
		});
	}

	private Disposable start(ReactiveApplication application, URI uri) {
		return start(application.client().get().uri(uri).retrieve().bodyToMono(String.class));
	}

	private Disposable start(Mono<?> call) {
		return call.doOnTerminate(() -> this.told.set(true)).subscribe((value) -> {
		}, (ex) -> {
		});
	}

	private void cancelFreesTheSlot(ReactiveApplication application, Disposable call) {
		call.dispose();
		assertThat(application.upstreams().gate().active()).as("active, just after cancel").isZero();
		assertThat(this.told).isFalse();
	}

	@Test
	void callThatIsCancelledAsItIsSubscribedToSendsNothing() throws Exception {
		ScriptedServer server = answering((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			application.client()
				.get()
				.uri(server.uri("/"))
				.retrieve()
				.bodyToMono(String.class)
				.subscribe(new BaseSubscriber<>() {

					@Override
					protected void hookOnSubscribe(Subscription subscription) {
						subscription.cancel();
					}

				});
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
		}, ONE_SLOT);
		assertThat(server.requests()).isOne();
		assertThat(server.accepted()).isOne();
	}

	@Test
	@FaultCase(value = 61, through = Client.WEB_CLIENT)
	void cancelWhileResolvingFreesTheSlot() throws Exception {
		ScriptedResolver names = new ScriptedResolver();
		run((runner) -> runner.withBean(DnsResolver.class, () -> names), (application) -> {
			Disposable call = start(application, URI.create("http://hanging"));
			eventually().until(() -> names.started() == 1);
			cancelFreesTheSlot(application, call);
			names.release();
		}, ONE_SLOT);
	}

	@Test
	@FaultCase(value = 61, through = Client.WEB_CLIENT)
	void cancelWhileConnectingFreesTheSlotAndTheSocket() throws Exception {
		DeafServer server = known(DeafServer.start("127.0.0.1", 0));
		run((application) -> {
			Disposable call = start(application, uri(server.port(), "/"));
			eventually().until(() -> Sockets.connecting(server.port()) == 1);
			cancelFreesTheSlot(application, call);
			eventually().until(() -> Sockets.connecting(server.port()) == 0);
		}, ONE_SLOT);
	}

	@Test
	@FaultCase(value = 61, over = Transport.TLS, through = Client.WEB_CLIENT)
	void cancelInTheTlsHandshakeFreesTheSlotAndTheSocket() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getByName("localhost"))) {
			run((application) -> {
				Disposable call = start(application, URI.create("https://localhost:" + server.getLocalPort()));
				server.accept().getInputStream().read();
				cancelFreesTheSlot(application, call);
				eventually().until(() -> Sockets.heldByClients(server.getLocalPort()) == 0);
			}, ONE_SLOT);
		}
	}

	@Test
	@FaultCase(value = 61, through = Client.WEB_CLIENT)
	void cancelWhilePendingLeavesTheLineAtOnce() throws Exception {
		ScriptedServer server = stallingAfter("");
		run((application) -> {
			Disposable first = start(application, server.uri("/"));
			this.reached.await();
			Disposable pending = start(application, server.uri("/pending"));
			assertThat(application.stats(server.port()).pending()).isOne();
			pending.dispose();
			assertThat(application.stats(server.port()).pending()).isZero();
			cancelFreesTheSlot(application, first);
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
		}, ONE_SLOT);
		this.answer.countDown();
		assertThat(server.log()).extracting(ScriptedServer.Request::path).containsExactly("/", "/fast");
	}

	@Test
	@FaultCase(value = 54, through = Client.WEB_CLIENT)
	void cancelInTheRetryPauseEndsTheCall() throws Exception {
		AtomicInteger paused = new AtomicInteger();
		ScriptedServer server = answering((exchange) -> {
			paused.incrementAndGet();
			exchange.respond(503, "later", "Retry-After: 60");
		});
		run((application) -> {
			Disposable call = start(application, server.uri("/"));
			eventually()
				.until(() -> paused.get() == 1 && application.stats(server.port()).connections(State.IDLE) == 1);
			application.isAtRest();
			cancelFreesTheSlot(application, call);
			// Passes on the same connection while the pause would last
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
		}, Stream.concat(Stream.of(ONE_SLOT), Stream.of("tidepool.retry.retry-after-max=2m")).toArray(String[]::new));
		assertThat(paused).hasValue(1);
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 61, through = Client.WEB_CLIENT)
	@ValueSource(strings = { "", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 100 Continue\r\n\r\n" })
	void cancelBeforeTheHeadClosesTheConnection(String sent) throws Exception {
		ScriptedServer server = stallingAfter(sent);
		run((application) -> {
			Disposable call = start(application, server.uri("/"));
			this.reached.await();
			cancelFreesTheSlot(application, call);
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
			assertThat(application.stats(server.port()).closed(CloseReason.CANCELLED)).isOne();
		}, ONE_SLOT);
		this.answer.countDown();
		assertThat(server.requests()).isEqualTo(2);
		assertThat(server.accepted()).isEqualTo(2);
	}

	@Test
	void cancelOnReusedConnectionsTeachesNothingOfTheirUpstream() throws Exception {
		int rounds = 10;
		AtomicInteger stalled = new AtomicInteger();
		ScriptedServer server = answering((exchange) -> {
			stalled.incrementAndGet();
			this.answer.await();
		});
		run((application) -> {
			for (int i = 1; i <= rounds; i++) {
				assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
				Disposable call = start(application, server.uri("/"));
				int started = i;
				eventually().until(() -> stalled.get() == started);
				cancelFreesTheSlot(application, call);
			}
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
			assertThat(application.stats(server.port()).closed(CloseReason.CANCELLED)).isEqualTo(rounds);
			assertThat(application.stats(server.port()).members()).singleElement()
				.extracting(Upstream::estimate)
				.isEqualTo(KeepAliveEstimate.NONE);
		}, ONE_SLOT);
		this.answer.countDown();
		assertThat(server.accepted()).isEqualTo(rounds + 1);
	}

	@ParameterizedTest
	@FaultCase(value = 61, through = Client.WEB_CLIENT)
	@ValueSource(booleans = { false, true })
	void cancelAsTheResponseIsHandedOverDropsNoError(boolean retrieved) throws Exception {
		ScriptedServer server = answering((exchange) -> exchange.respond(200, "not wanted"));
		Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();
		Hooks.onErrorDropped(dropped::add);
		try {
			run((application) -> {
				RequestHeadersSpec<?> request = application.client().mutate().filter((filtered, next) -> {
					Mono<ClientResponse> response = next.exchange(filtered);
					return filtered.url().getPath().equals("/fast") ? response : response.doOnNext((got) -> {
						this.reached.countDown();
						awaitUnchecked(this.answer);
					});
				}).build().get().uri(server.uri("/"));
				Disposable call = start(retrieved ? request.retrieve().bodyToMono(String.class)
						: request.exchangeToMono((got) -> got.bodyToMono(String.class)));
				this.reached.await();
				call.dispose();
				this.answer.countDown();
				// Else a caller who waits has the connection given up rather than read on
				eventually().until(() -> application.stats(server.port()).connections(State.IDLE) == 1);
				// On the same connection, whose thread is done with the other then
				assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
				assertThat(this.told).isFalse();
			}, ONE_SLOT_AND_TIME_TO_DRAIN);
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
		assertThat(dropped).isEmpty();
		assertThat(server.accepted()).isOne();
	}

	// WebClient reads the body again, for the exception that it makes of the failure
	@Test
	void cancelAsTheBodyHasFailedDropsNoError() throws Exception {
		ScriptedServer server = answering((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789");
			exchange.close();
		});
		Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();
		Disposable.Swap call = Disposables.swap();
		Hooks.onErrorDropped(dropped::add);
		try {
			run((application) -> {
				WebClient client = application.client()
					.mutate()
					.filter((request, next) -> next.exchange(request)
						.doOnNext((response) -> awaitUnchecked(this.answer))
						.map((response) -> new ClientResponseWrapper(response) {

							@Override
							public Mono<WebClientResponseException> createException() {
								call.dispose();
								CancelTests.this.reached.countDown();
								return super.createException();
							}

						}))
					.build();
				call.update(start(client.get().uri(server.uri("/")).retrieve().bodyToMono(String.class)));
				this.answer.countDown();
				this.reached.await();
				// On the same thread, which is done with the other then
				assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
				assertThat(this.told).isFalse();
			}, ONE_SLOT);
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
		assertThat(dropped).isEmpty();
	}

	@Test
	void bodyThatHasFailedFailsForWhoReadsItAgain() throws Exception {
		ScriptedServer server = answering((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789");
			exchange.close();
		});
		run((application) -> {
			ClientHttpResponse response = application.open(server.uri("/")).block(WIDE);
			assertThat(response).isNotNull();
			for (int i = 0; i < 2; i++) {
				assertThatException().isThrownBy(() -> response.getBody().blockLast(WIDE))
					.havingRootCause()
					.isInstanceOf(ConnectionClosedException.class);
			}
		}, ONE_SLOT);
		assertThat(server.requests()).isOne();
	}

	private static void awaitUnchecked(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void responseWhoseSourceIsCancelledAsItIsHandedOverCanBeRead() throws Exception {
		ScriptedServer server = answering((exchange) -> exchange.respond(200, "wanted"));
		run((application) -> {
			WebClient client = application.client()
				.mutate()
				.filter((request, next) -> next.exchange(request).flux().take(1).next())
				.build();
			assertThat(client.get().uri(server.uri("/")).retrieve().bodyToMono(String.class).block(WIDE))
				.isEqualTo("wanted");
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
		}, ONE_SLOT_AND_TIME_TO_DRAIN);
		assertThat(server.accepted()).isOne();
	}

	@Test
	void responseThatIsLeftUnreadAsItIsHandedOverGivesItsConnectionBack() throws Exception {
		ScriptedServer server = answering((exchange) -> exchange.respond(200, "not wanted"));
		run((application) -> {
			ClientHttpResponse response = application.open(server.uri("/")).flux().take(1).next().block(WIDE);
			// Who waits meanwhile has the rest given up instead
			Awaitility.await().atMost(WIDE).until(() -> application.upstreams().gate().active() == 0);
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
			assertThat(response).isNotNull();
			assertThatIllegalStateException().isThrownBy(() -> response.getBody().blockLast(WIDE))
				.withMessageContaining("not once released");
		}, ONE_SLOT_AND_TIME_TO_DRAIN);
		assertThat(server.accepted()).isOne();
	}

	/**
	 * How much of a body is left when its caller goes away.
	 */
	enum Rest {

		SMALL(DrainOutcome.DRAINED), TOO_LARGE(DrainOutcome.GIVEN_UP), LATE(DrainOutcome.GIVEN_UP),
		UNKNOWN_AND_LARGE(DrainOutcome.GIVEN_UP);

		private final DrainOutcome outcome;

		Rest(DrainOutcome outcome) {
			this.outcome = outcome;
		}

		void send(ScriptedServer.Exchange exchange, CountDownLatch cancelled) throws Exception {
			switch (this) {
				case SMALL -> {
					exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789");
					cancelled.await();
					exchange.raw("0123456789");
				}
				case TOO_LARGE -> {
					exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n0123456789");
					cancelled.await();
				}
				case LATE -> {
					exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789");
					exchange.stall(WIDE);
				}
				case UNKNOWN_AND_LARGE -> {
					exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n");
					cancelled.await();
					for (int i = 0; i < 1_000; i++) {
						exchange.raw("1000\r\n" + "x".repeat(0x1000) + "\r\n");
					}
				}
			}
		}

	}

	@ParameterizedTest
	@FaultCase(value = 61, through = Client.WEB_CLIENT)
	@EnumSource
	void cancelInTheBodyReadsTheRestOnlyWhileThatIsCheap(Rest rest) throws Exception {
		ScriptedServer server = answering((exchange) -> rest.send(exchange, this.answer));
		run((application) -> {
			Flux<DataBuffer> body = application.client()
				.get()
				.uri(server.uri("/"))
				.retrieve()
				.bodyToFlux(DataBuffer.class);
			Disposable call = body.subscribe((part) -> this.reached.countDown());
			this.reached.await();
			call.dispose();
			this.answer.countDown();
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
			boolean drained = rest.outcome == DrainOutcome.DRAINED;
			eventually().until(() -> application.stats(server.port()).drains(rest.outcome) == 1);
			assertThat(server.accepted()).isEqualTo(drained ? 1 : 2);
			eventually().until(() -> application.stats(server.port()).connections().size() == 1);
		}, (rest == Rest.SMALL) ? ONE_SLOT_AND_TIME_TO_DRAIN : ONE_SLOT);
	}

	@Test
	void cancelInTheBodyReadsNothingOnWhileSomebodyWaits() throws Exception {
		ScriptedServer server = answering((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789");
			this.answer.await();
		});
		run((application) -> {
			Disposable call = application.client()
				.get()
				.uri(server.uri("/"))
				.retrieve()
				.bodyToFlux(DataBuffer.class)
				.subscribe((part) -> this.reached.countDown());
			this.reached.await();
			Mono<String> pending = application.client()
				.get()
				.uri(server.uri("/fast"))
				.retrieve()
				.bodyToMono(String.class)
				.cache();
			pending.subscribe();
			assertThat(application.stats(server.port()).pending()).isOne();
			call.dispose();
			assertThat(application.stats(server.port()).pending()).isZero();
			assertThat(pending.block(WIDE)).isEqualTo("fine");
			assertThat(application.stats(server.port()).closed(CloseReason.UNREAD_RESPONSE)).isOne();
		}, ONE_SLOT);
		this.answer.countDown();
		assertThat(server.accepted()).isEqualTo(2);
	}

	@Test
	@FaultCase(value = 61, through = Client.WEB_CLIENT)
	void cancelInTheUploadNeverCompletesTheRequest() throws Exception {
		CountDownLatch cancelled = new CountDownLatch(1);
		ScriptedServer server = answering((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			Flux<byte[]> body = Flux.just("one".getBytes(StandardCharsets.UTF_8))
				.concatWith(Flux.never())
				.doOnNext((part) -> this.reached.countDown())
				.doOnCancel(cancelled::countDown);
			Disposable call = start(application.client()
				.post()
				.uri(server.uri("/"))
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.body(body, byte[].class)
				.retrieve()
				.bodyToMono(String.class));
			this.reached.await();
			cancelFreesTheSlot(application, call);
			cancelled.await();
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
			assertThat(application.stats(server.port()).closed(CloseReason.CANCELLED)).isOne();
		}, ONE_SLOT);
		assertThat(server.log()).extracting(ScriptedServer.Request::path).containsExactly("/fast");
	}

	@Test
	void cancelAfterTheEndDoesNothing() throws Exception {
		ScriptedServer server = answering((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			Disposable call = start(application, server.uri("/"));
			eventually().until(call::isDisposed);
			call.dispose();
			assertThat(application.get(server.uri("/fast"))).isEqualTo("fine");
		}, ONE_SLOT);
		assertThat(server.accepted()).isOne();
	}

}
