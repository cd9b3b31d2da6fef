package dev.tidepool.call;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import dev.tidepool.testsupport.ScriptedResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A look-up costs its caller no more time than it has, and the rest of the application no
 * more than a few threads.
 */
class BoundedResolverTests {

	private static final long LONG = TimeUnit.SECONDS.toNanos(20);

	private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);

	private final ScriptedResolver names = new ScriptedResolver();

	private final BoundedResolver resolver = new BoundedResolver(2, 50, BoundedResolver::thread);

	private final List<Thread> callers = new ArrayList<>();

	@BeforeEach
	void names() throws Exception {
		this.names.with("one", "127.0.0.1").with("two", "127.0.0.1", "127.0.0.2").with("hanging", "127.0.0.1");
	}

	@AfterEach
	void close() {
		this.names.release();
		this.resolver.close();
	}

	@Test
	void answerIsThatOfTheResolver() throws Exception {
		assertThat(resolve("two", LONG)).containsExactly(new InetSocketAddress("127.0.0.1", 80),
				new InetSocketAddress("127.0.0.2", 80));
		Awaitility.await().until(() -> this.resolver.underway() == 0);
	}

	@Test
	void addressThatIsThereTwiceIsOne() throws Exception {
		this.names.with("twice", "127.0.0.1", "127.0.0.2", "127.0.0.1");
		assertThat(resolve("twice", LONG)).containsExactly(new InetSocketAddress("127.0.0.1", 80),
				new InetSocketAddress("127.0.0.2", 80));
	}

	@Test
	void threadsAreMadeOnDemandAndEndWhenIdle() throws Exception {
		assertThat(this.resolver.threads()).isZero();
		CompletableFuture<?> caller = start("hanging", LONG);
		Awaitility.await().until(() -> this.names.started() == 1);
		assertThat(this.resolver.threads()).isOne();
		this.names.release();
		caller.get(20, TimeUnit.SECONDS);
		Awaitility.await().until(() -> this.resolver.threads() == 0);
		resolve("one", LONG);
		assertThat(this.names.started()).isEqualTo(2);
	}

	@Test
	void addressNeedsNoThread() throws Exception {
		this.names.with("127.0.0.9", "127.0.0.9").with("::1", "::1");
		assertThat(resolve("127.0.0.9", 0)).containsExactly(new InetSocketAddress("127.0.0.9", 80));
		assertThat(resolve("::1", 0)).containsExactly(new InetSocketAddress("::1", 80));
		assertThat(this.resolver.threads()).isZero();
	}

	@Test
	void thoseThatAskForOneNameShareOneLookUp() throws Exception {
		List<CompletableFuture<?>> callers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			callers.add(start("hanging", LONG));
		}
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> resolve("hanging", SHORT));
		awaitWaiting();
		this.names.release();
		for (CompletableFuture<?> caller : callers) {
			assertThat(caller.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(new InetSocketAddress("127.0.0.1", 80)));
		}
		assertThat(this.names.started()).isBetween(1, 2);
		Awaitility.await().until(() -> this.resolver.underway() == 0);
	}

	@Test
	void nameThatHangsLeavesAThreadToTheOthers() throws Exception {
		for (int i = 0; i < 10; i++) {
			assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> resolve("hanging", SHORT));
		}
		assertThat(resolve("one", LONG)).hasSize(1);
		assertThat(this.names.started()).isEqualTo(2);
		this.names.release();
		assertThat(resolve("hanging", LONG)).hasSize(1);
	}

	@Test
	void whenAllThreadsHangOthersWaitNoLongerThanTheyHaveAndLeaveNothingBehind() throws Exception {
		for (int i = 0; i < 100; i++) {
			String host = "hanging" + i;
			assertThatExceptionOfType(TimeoutException.class)
				.isThrownBy(() -> resolve(host, TimeUnit.MILLISECONDS.toNanos(5)));
		}
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> resolve("one", SHORT));
		assertThat(this.resolver.threads()).isEqualTo(2);
		assertThat(this.names.started()).isEqualTo(2);
		assertThat(this.resolver.underway()).isEqualTo(2);
		CompletableFuture<List<InetSocketAddress>> pending = start("one", LONG);
		this.names.release();
		assertThat(pending.get(20, TimeUnit.SECONDS)).hasSize(1);
		Awaitility.await().until(() -> this.resolver.underway() == 0);
	}

	@Test
	void failureReachesAllThatWaitAndIsNotRemembered() throws Exception {
		CompletableFuture<?> first = start("hanging-unknown", LONG);
		Awaitility.await().until(() -> this.names.started() == 1);
		CompletableFuture<?> second = start("hanging-unknown", LONG);
		this.names.release();
		for (CompletableFuture<?> each : List.of(first, second)) {
			assertThat(each.handle((done, ex) -> ex).get(20, TimeUnit.SECONDS))
				.hasRootCauseInstanceOf(UnknownHostException.class);
		}
		this.names.with("hanging-unknown", "127.0.0.1");
		assertThat(resolve("hanging-unknown", LONG)).hasSize(1);
	}

	@Test
	void noAnswerIsAnUnknownHost() {
		for (InetAddress[] answer : new InetAddress[][] { null, {} }) {
			assertThatExceptionOfType(UnknownHostException.class)
				.isThrownBy(() -> this.resolver.resolve(answering(() -> answer), "nobody", 80, LONG))
				.withMessage("nobody");
		}
	}

	@Test
	void brokenResolverFailsItsCallersOnly() throws Exception {
		assertThatIllegalStateException().isThrownBy(() -> this.resolver.resolve(answering(() -> {
			throw new IllegalStateException("broken");
		}), "one", 80, LONG)).withMessage("broken");
		assertThat(resolve("one", LONG)).hasSize(1);
	}

	@Test
	void interruptedCallerLeavesAtOnce() throws Exception {
		CompletableFuture<Exception> thrown = new CompletableFuture<>();
		Thread caller = new Thread(() -> {
			try {
				resolve("hanging", LONG);
			}
			catch (Exception ex) {
				thrown.complete(ex);
			}
		});
		caller.start();
		Awaitility.await().until(() -> this.names.started() == 1);
		caller.interrupt();
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
	}

	@Test
	void closeEndsWaitsAndThreads() throws Exception {
		CompletableFuture<?> caller = start("hanging", LONG);
		Awaitility.await().until(() -> this.names.started() == 1);
		this.resolver.close();
		assertThat(caller.handle((done, ex) -> ex).get(20, TimeUnit.SECONDS))
			.hasRootCauseInstanceOf(SocketException.class);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> resolve("one", LONG))
			.withMessageContaining("closed");
		this.names.release();
		Awaitility.await().until(() -> this.resolver.threads() == 0);
		Awaitility.await().until(() -> this.resolver.underway() == 0);
	}

	@Test
	void whoHoldsNoThreadIsAnsweredOnOneOfTheResolver() throws Exception {
		CompletableFuture<List<InetSocketAddress>> answer = resolve("hanging");
		CompletableFuture<String> thread = answer.thenApply((addresses) -> Thread.currentThread().getName());
		assertThat(answer).isNotDone();
		this.names.release();
		// Asked first: who waits for the answer itself helps to run what follows from it
		assertThat(thread.get(20, TimeUnit.SECONDS)).isEqualTo("tidepool-resolver");
		assertThat(answer.get(20, TimeUnit.SECONDS)).containsExactly(new InetSocketAddress("127.0.0.1", 80));
		Awaitility.await().until(() -> this.resolver.underway() == 0);
	}

	@Test
	void thoseWithAndWithoutAThreadShareOneLookUp() throws Exception {
		CompletableFuture<?> without = resolve("hanging");
		Awaitility.await().until(() -> this.names.started() == 1);
		CompletableFuture<?> with = start("hanging", LONG);
		CompletableFuture<?> next = resolve("hanging");
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> resolve("hanging", SHORT));
		awaitWaiting();
		this.names.release();
		for (CompletableFuture<?> each : List.of(without, with, next)) {
			assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(new InetSocketAddress("127.0.0.1", 80)));
		}
		assertThat(this.names.started()).isBetween(1, 2);
	}

	@Test
	void cancelledLookUpThatHasNotStartedIsForgotten() throws Exception {
		CompletableFuture<?> first = resolve("hanging1");
		CompletableFuture<?> second = resolve("hanging2");
		Awaitility.await().until(() -> this.names.started() == 2);
		CompletableFuture<?> third = resolve("one");
		CompletableFuture<?> sharing = resolve("one");
		assertThat(this.resolver.underway()).isEqualTo(3);
		third.cancel(false);
		assertThat(this.resolver.underway()).isEqualTo(3);
		sharing.cancel(false);
		assertThat(this.resolver.underway()).isEqualTo(2);
		first.cancel(false);
		second.cancel(false);
		this.names.release();
		Awaitility.await().until(() -> this.resolver.underway() == 0);
		assertThat(this.names.started()).isEqualTo(2);
	}

	@Test
	void cancelledCallerLeavesTheOthersWaiting() throws Exception {
		CompletableFuture<?> cancelled = resolve("hanging");
		CompletableFuture<?> other = resolve("hanging");
		cancelled.cancel(false);
		assertThat(other).isNotDone();
		this.names.release();
		assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(new InetSocketAddress("127.0.0.1", 80)));
		assertThat(cancelled).isCancelled();
	}

	@Test
	void failureReachesWhoHoldsNoThreadAsItWasThrown() {
		assertThat(resolve("unknown").handle((addresses, ex) -> ex)).succeedsWithin(20, TimeUnit.SECONDS)
			.isInstanceOf(UnknownHostException.class);
		assertThat(this.resolver.resolve(answering(() -> {
			throw new IllegalStateException("broken");
		}), "one", 80).handle((addresses, ex) -> ex)).succeedsWithin(20, TimeUnit.SECONDS)
			.isInstanceOf(IllegalStateException.class);
	}

	@Test
	void callbackThatThrowsBreaksNoThreadAndKeepsNobodyFromTheAnswer() throws Exception {
		CompletableFuture<?> first = resolve("hanging");
		CompletableFuture<?> second = resolve("hanging");
		for (CompletableFuture<?> each : List.of(first, second)) {
			each.whenComplete((addresses, ex) -> {
				throw new AssertionError("broken");
			});
		}
		this.names.release();
		assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(second.get(20, TimeUnit.SECONDS));
		assertThat(resolve("one", LONG)).hasSize(1);
		Awaitility.await().until(() -> this.resolver.underway() == 0);
	}

	@Test
	void addressNeedsNoThreadIfTheJvmResolvesItAndIsStillAskedOfAnyOther() {
		for (String address : List.of("127.0.0.9", "::1")) {
			assertThat(this.resolver.resolve(SystemDefaultDnsResolver.INSTANCE, address, 80))
				.isCompletedWithValue(List.of(new InetSocketAddress(address, 80)));
		}
		assertThat(this.resolver.threads()).isZero();
		assertThat(this.resolver.resolve(answering(() -> {
			throw new IllegalStateException("filtered");
		}), "127.0.0.9", 80).handle((addresses, ex) -> ex.getMessage())).succeedsWithin(20, TimeUnit.SECONDS)
			.isEqualTo("filtered");
	}

	@Test
	void closeAnswersWhoHoldsNoThread() throws Exception {
		CompletableFuture<?> pending = resolve("hanging");
		Awaitility.await().until(() -> this.names.started() == 1);
		this.resolver.close();
		for (CompletableFuture<?> each : List.of(pending, resolve("one"))) {
			assertThat(each.handle((addresses, ex) -> ex)).succeedsWithin(20, TimeUnit.SECONDS)
				.isInstanceOf(SocketException.class);
		}
		assertThat(this.resolver.underway()).isZero();
	}

	@Test
	void lookUpThatBeginsAsTheResolverIsClosedKeepsNobodyWaiting() {
		try (BoundedResolver closing = closesAsALookUpBegins()) {
			assertThatExceptionOfType(SocketException.class)
				.isThrownBy(() -> closing.resolve(this.names, "hanging", 80, LONG))
				.withMessageContaining("closed");
			Awaitility.await().until(() -> closing.underway() == 0);
		}
		try (BoundedResolver closing = closesAsALookUpBegins()) {
			assertThat(closing.resolve(this.names, "hanging", 80).handle((addresses, ex) -> ex))
				.succeedsWithin(20, TimeUnit.SECONDS)
				.isInstanceOf(SocketException.class);
			Awaitility.await().until(() -> closing.underway() == 0);
		}
	}

	@Test
	void lookUpThatIsAboutToBeginAsTheResolverIsClosedKeepsNobodyWaiting() {
		AtomicReference<BoundedResolver> closed = new AtomicReference<>();
		closed.set(new BoundedResolver(2, 50, (task) -> {
			closed.get().close();
			return BoundedResolver.thread(task);
		}));
		assertThatExceptionOfType(SocketException.class)
			.isThrownBy(() -> closed.get().resolve(this.names, "hanging", 80, LONG))
			.withMessageContaining("closed");
		assertThat(closed.get().underway()).isZero();
		assertThat(this.names.started()).isZero();
	}

	@Test
	void lookUpThatWaitsForAThreadIsEndedByTheCloseAndNeverBegins() throws Exception {
		List<CompletableFuture<?>> callers = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			callers.add(start("hanging" + i, LONG));
		}
		Awaitility.await().until(() -> this.names.started() == 2);
		callers.add(start("one", LONG));
		callers.add(resolve("two"));
		Awaitility.await().until(() -> this.resolver.underway() == 4);
		this.resolver.close();
		for (CompletableFuture<?> caller : callers) {
			assertThat(caller.handle((done, ex) -> ex).get(20, TimeUnit.SECONDS)).satisfiesAnyOf(
					(ex) -> assertThat(ex).isInstanceOf(SocketException.class),
					(ex) -> assertThat(ex).hasRootCauseInstanceOf(SocketException.class));
		}
		this.names.release();
		Awaitility.await().until(() -> this.resolver.threads() == 0);
		assertThat(this.names.started()).isEqualTo(2);
		assertThat(this.resolver.underway()).isZero();
	}

	// Once the look-up has its thread, and before others can find it under way
	private static BoundedResolver closesAsALookUpBegins() {
		AtomicReference<BoundedResolver> closing = new AtomicReference<>();
		closing.set(new BoundedResolver(2, 50, (task) -> new Thread(task) {

			@Override
			public void start() {
				setDaemon(true);
				super.start();
				closing.get().close();
			}

			// Executors of later JDKs start a thread without asking it
			@Override
			public void run() {
				closing.get().close();
				super.run();
			}

		}));
		return closing.get();
	}

	@RepeatedTest(3)
	void eachIsAnsweredWhileOthersGiveUp() throws Exception {
		this.names.release();
		List<CompletableFuture<List<InetSocketAddress>>> all = new ArrayList<>();
		List<CompletableFuture<List<InetSocketAddress>>> kept = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			CompletableFuture<List<InetSocketAddress>> answer = resolve(List.of("one", "two", "hanging").get(i % 3));
			all.add(answer);
			if (i % 2 == 0) {
				all.get(i / 2).cancel(false);
			}
		}
		for (CompletableFuture<List<InetSocketAddress>> each : all) {
			if (!each.isCancelled()) {
				kept.add(each);
				assertThat(each.get(20, TimeUnit.SECONDS)).isNotEmpty();
			}
		}
		assertThat(kept).hasSizeGreaterThanOrEqualTo(2500);
		Awaitility.await().until(() -> this.resolver.underway() == 0);
	}

	private CompletableFuture<List<InetSocketAddress>> resolve(String host) {
		return this.resolver.resolve(this.names, host, 80);
	}

	private List<InetSocketAddress> resolve(String host, long nanos) throws Exception {
		return this.resolver.resolve(this.names, host, 80, nanos);
	}

	private CompletableFuture<List<InetSocketAddress>> start(String host, long nanos) {
		CompletableFuture<List<InetSocketAddress>> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(resolve(host, nanos));
			}
			catch (Exception ex) {
				result.completeExceptionally(new CompletionException(ex));
			}
		});
		thread.setDaemon(true);
		thread.start();
		this.callers.add(thread);
		return result;
	}

	// Else those that have just been started may ask when the others have their answer
	private void awaitWaiting() {
		Awaitility.await()
			.until(() -> this.callers.stream().allMatch((caller) -> caller.getState() == Thread.State.TIMED_WAITING));
	}

	private static DnsResolver answering(Callable<InetAddress[]> answer) {
		return new DnsResolver() {

			@Override
			public InetAddress[] resolve(String host) throws UnknownHostException {
				try {
					return answer.call();
				}
				catch (RuntimeException ex) {
					throw ex;
				}
				catch (Exception ex) {
					throw new UnknownHostException(ex.getMessage());
				}
			}

			@Override
			public String resolveCanonicalHostname(String host) throws UnknownHostException {
				throw new UnknownHostException(host);
			}

		};
	}

}
