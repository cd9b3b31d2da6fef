package dev.tidepool.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.Sockets;

/**
 * Whether calls went through Tidepool's pool with all that it does: its ledger has to say
 * so, and its meters where there is a registry, which this binds; what they say has to be
 * what the kernel counts; where calls are observed, each has to have been; a call whose
 * time is over has to be ended, once, and one that was lost to be made again.
 */
final class PoolCheck {

	private static final Duration TIMEOUT = Duration.ofMillis(50);

	private static final Duration LONG = Duration.ofSeconds(10);

	private static final String OBSERVED = "http.client.requests";

	/**
	 * From so many callers on, a few connections are idle for so long that they age.
	 */
	private static final int MANY_CALLERS = 256;

	private static final int CALLS_FOR_ONE_AGED = 100;

	private final URI uri;

	private final int callers;

	private final Upstreams upstreams;

	private final TimedCall timedCall;

	private final @Nullable MeterRegistry registry;

	private final boolean longTasks;

	private final boolean observed;

	/**
	 * Bind the meters.
	 * @param uri what is called
	 * @param callers how many calls are made at once
	 * @param context the application
	 * @param timedCall makes a call that has a deadline
	 */
	PoolCheck(URI uri, int callers, ApplicationContext context, TimedCall timedCall) {
		this.uri = uri;
		this.callers = callers;
		this.upstreams = context.getBean(Upstreams.class);
		this.timedCall = timedCall;
		MeterRegistry registry = context.getBeanProvider(MeterRegistry.class).getIfAvailable();
		this.registry = registry;
		this.longTasks = context.getBeanProvider(Observations.class).getIfAvailable() != null;
		this.observed = this.longTasks || context.getBeanProvider(ShortObservations.class).getIfAvailable() != null;
		if (registry != null) {
			context.getBeanProvider(MeterBinder.class).forEach((binder) -> binder.bindTo(registry));
		}
	}

	/**
	 * Each call was counted once, the connections were kept, all came back, and the pool
	 * knows each socket.
	 * @param calls how many there were
	 */
	void check(long calls) throws InterruptedException {
		long requests = sum(UpstreamStats::requestsOfClosed)
				+ sum((stats) -> stats.connections().stream().mapToLong(ConnectionRecord::requests).sum());
		long opened = sum(UpstreamStats::created);
		long aged = (this.callers < MANY_CALLERS) ? 0 : calls / CALLS_FOR_ONE_AGED;
		if (requests != calls || opened < 1 || opened > this.callers + aged) {
			throw new IllegalStateException("%d calls by %d callers sent %d requests and opened %d connections"
				.formatted(calls, this.callers, requests, opened));
		}
		if (this.registry != null) {
			checkMeters(this.registry, calls, opened);
			checkObserved(this.registry, calls);
		}
		if (KeptSockets.areCounted()) {
			Settled.await(this::unknownSockets);
		}
		checkDeadline();
		checkRetry();
	}

	private static void checkMeters(MeterRegistry registry, long calls, long opened) {
		long acquired = registry.get(TidepoolMeter.ACQUIRE.meterName()).tag("outcome", "success").timer().count();
		double created = registry.get(TidepoolMeter.OPENED.meterName()).functionCounter().count();
		if (acquired != calls || created != opened) {
			throw new IllegalStateException("The meters say %d of %d calls, and %.0f of %d connections"
				.formatted(acquired, calls, created, opened));
		}
	}

	private void checkObserved(MeterRegistry registry, long calls) {
		long timed = registry.find(OBSERVED).timers().stream().mapToLong(Timer::count).sum();
		boolean longTasks = registry.find(OBSERVED + ".active").longTaskTimer() != null;
		if (timed != (this.observed ? calls : 0) || longTasks != this.longTasks) {
			throw new IllegalStateException("%d of %d calls were observed, %s long task timers".formatted(timed, calls,
					longTasks ? "with" : "without"));
		}
	}

	private @Nullable String unknownSockets() {
		long active = connections(ConnectionRecord.State.ACTIVE);
		long known = active + connections(ConnectionRecord.State.IDLE) + connections(ConnectionRecord.State.CANARY);
		int sockets = Sockets.established(this.uri.getPort());
		double metered = (this.registry != null) ? metered(this.registry) : known;
		return (active == 0 && known == sockets && metered == sockets) ? null
				: "Of %d sockets the pool knows %d, %d of them active, and its meters %.0f".formatted(sockets, known,
						active, metered);
	}

	private void checkDeadline() {
		long before = expired();
		boolean ended = false;
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.timedCall.call(URI.create("http://127.0.0.1:" + silent.getLocalPort()), TIMEOUT);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (RuntimeException ex) {
			ended = true;
		}
		if (!ended || expired() != before + 1) {
			throw new IllegalStateException("A call that had %s %s, and %d deadlines fired".formatted(TIMEOUT,
					ended ? "failed" : "went on", expired() - before));
		}
	}

	private void checkRetry() {
		try (ServerSocket flaky = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
			Thread server = new Thread(() -> loseOneAndAnswer(flaky), "flaky");
			server.setDaemon(true);
			server.start();
			this.timedCall.call(URI.create("http://127.0.0.1:" + flaky.getLocalPort()), LONG);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (RuntimeException ex) {
			throw new IllegalStateException("A call that was lost was not made again", ex);
		}
	}

	private static void loseOneAndAnswer(ServerSocket server) {
		try {
			server.accept().close();
			try (Socket second = server.accept()) {
				second.getInputStream().read(new byte[1024]);
				second.getOutputStream()
					.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
						.getBytes(StandardCharsets.US_ASCII));
			}
		}
		catch (IOException ex) {
			// The call fails, and says why
		}
	}

	private long expired() {
		long expired = sum((stats) -> Stream.of(Phase.values()).mapToLong(stats::expiries).sum());
		MeterRegistry registry = this.registry;
		if (registry != null) {
			Collection<FunctionCounter> counters = registry.find(TidepoolMeter.EXPIRED.meterName()).functionCounters();
			double metered = counters.stream().mapToDouble(FunctionCounter::count).sum();
			if (metered != expired) {
				throw new IllegalStateException("%d deadlines fired, the meters say %.0f".formatted(expired, metered));
			}
		}
		return expired;
	}

	private long connections(ConnectionRecord.State state) {
		return sum((stats) -> stats.connections(state));
	}

	private static double metered(MeterRegistry registry) {
		Collection<Gauge> gauges = registry.get(TidepoolMeter.CONNECTIONS.meterName()).gauges();
		return gauges.stream().mapToDouble(Gauge::value).sum();
	}

	private long sum(ToLongFunction<UpstreamStats> count) {
		return this.upstreams.stats().stream().mapToLong(count).sum();
	}

	/**
	 * Makes a call that has a deadline.
	 */
	@FunctionalInterface
	interface TimedCall {

		/**
		 * Make the call.
		 * @param uri where to
		 * @param timeout how long it may take
		 * @throws RuntimeException if it took longer
		 */
		void call(URI uri, Duration timeout);

	}

}
