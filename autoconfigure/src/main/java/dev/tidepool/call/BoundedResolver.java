package dev.tidepool.call;

import java.io.IOException;
import java.io.Serial;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.net.InetAddressUtils;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.NanoClock;

/**
 * Resolves names on a few threads of its own, which exist while they are needed: a
 * look-up cannot be interrupted, and may take many times as long as its caller has. Who
 * asks for a name that is being looked up waits for that look-up, so that an upstream
 * whose name server hangs takes one thread, not all.
 */
public final class BoundedResolver implements AutoCloseable {

	private static final int MAX_THREADS = 8;

	private static final long IDLE_MILLIS = 2_000;

	private final ThreadPoolExecutor threads;

	private final Map<Key, Lookup> underway = new ConcurrentHashMap<>();

	private final FailedAddresses failedAddresses = new FailedAddresses(NanoClock.SYSTEM);

	public BoundedResolver() {
		this(MAX_THREADS, IDLE_MILLIS, BoundedResolver::thread);
	}

	/**
	 * Create a resolver.
	 * @param maxThreads how many it may have
	 * @param idleMillis when an idle thread ends, in milliseconds
	 * @param factory makes a thread
	 */
	BoundedResolver(int maxThreads, long idleMillis, ThreadFactory factory) {
		this.threads = new ThreadPoolExecutor(0, maxThreads, idleMillis, TimeUnit.MILLISECONDS, new IdleThreadsFirst(),
				factory, IdleThreadsFirst::enqueue);
	}

	// Outlives the caller that happens to be the first: nothing of it is inherited
	static Thread thread(Runnable task) {
		Thread thread = new Thread(null, task, "tidepool-resolver", 0, false);
		thread.setContextClassLoader(BoundedResolver.class.getClassLoader());
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Resolve a name.
	 * @param resolver does it
	 * @param host the name, or an address, which needs no thread
	 * @param port the port
	 * @param nanos the longest wait
	 * @return the addresses, at least one
	 * @throws IOException if there are none, or what the resolver threw
	 * @throws TimeoutException if the time was over
	 * @throws InterruptedException if the caller was interrupted
	 */
	public List<InetSocketAddress> resolve(DnsResolver resolver, String host, int port, long nanos)
			throws IOException, TimeoutException, InterruptedException {
		Key key = new Key(resolver, host, port);
		if (key.isAddress()) {
			return key.lookUp();
		}
		Lookup lookup = join(key);
		try {
			return lookup.get(nanos, TimeUnit.NANOSECONDS);
		}
		catch (CancellationException ex) {
			throw closed();
		}
		catch (ExecutionException ex) {
			throw failure(ex.getCause());
		}
		finally {
			leave(lookup);
		}
	}

	/**
	 * Resolve a name without blocking a thread.
	 * @param resolver does it
	 * @param host the name, or an address, which needs no thread if it is the JVM that
	 * resolves it: any other resolver may block
	 * @param port the port
	 * @return the addresses, at least one; or what the resolver threw, an
	 * {@link IOException} as a rule. Completes on a thread of this resolver, or of who
	 * closes it, which the caller must not keep. Who has no more time cancels it, and is
	 * forgotten at once.
	 */
	public CompletableFuture<List<InetSocketAddress>> resolve(DnsResolver resolver, String host, int port) {
		Key key = new Key(resolver, host, port);
		try {
			if (resolver == SystemDefaultDnsResolver.INSTANCE && key.isAddress()) {
				return CompletableFuture.completedFuture(key.lookUp());
			}
			Lookup lookup = join(key);
			CompletableFuture<List<InetSocketAddress>> caller = new CompletableFuture<>();
			lookup.tell(caller);
			caller.whenComplete((addresses, ex) -> {
				lookup.forget(caller);
				leave(lookup);
			});
			return caller;
		}
		catch (IOException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * What is known of the addresses that were found.
	 * @return those that gave no connection
	 */
	public FailedAddresses failedAddresses() {
		return this.failedAddresses;
	}

	private Lookup join(Key key) throws IOException {
		Lookup lookup = joinUnderway(key);
		if (this.threads.isShutdown()) {
			// Closed meanwhile, before it could be seen there
			lookup.cancel(true);
		}
		return lookup;
	}

	private Lookup joinUnderway(Key key) throws IOException {
		try {
			return this.underway.compute(key, (same, underway) -> {
				Lookup lookup = underway;
				// Its callers know that it is done before the map does
				if (lookup == null || lookup.isDone()) {
					lookup = new Lookup(key);
					this.threads.execute(lookup);
				}
				lookup.waiting++;
				return lookup;
			});
		}
		catch (RejectedExecutionException ex) {
			throw closed();
		}
	}

	// One that has started cannot be stopped, and goes on for whoever comes next
	private void leave(Lookup lookup) {
		this.underway.computeIfPresent(lookup.key, (key, underway) -> {
			boolean unwanted = underway == lookup && --lookup.waiting == 0;
			return (unwanted && this.threads.remove(lookup)) ? null : underway;
		});
	}

	private static IOException failure(@Nullable Throwable cause) {
		if (cause instanceof IOException ex) {
			return ex;
		}
		if (cause instanceof Error ex) {
			throw ex;
		}
		throw (cause instanceof RuntimeException ex) ? ex : new IllegalStateException(cause);
	}

	private static IOException closed() {
		return new SocketException("The connection pool is closed, because its application context is");
	}

	int threads() {
		return this.threads.getPoolSize();
	}

	int underway() {
		return this.underway.size();
	}

	/**
	 * End the threads, and the waits for them.
	 */
	@Override
	public void close() {
		this.threads.shutdownNow();
		this.underway.values().forEach((lookup) -> lookup.cancel(true));
	}

	private record Key(DnsResolver resolver, String host, int port) {

		boolean isAddress() {
			return InetAddressUtils.isIPv4(this.host) || InetAddressUtils.isIPv6(this.host);
		}

		List<InetSocketAddress> lookUp() throws UnknownHostException {
			List<InetSocketAddress> addresses = this.resolver.resolve(this.host, this.port);
			// Null from a resolver's other method becomes one that is unresolved, which
			// HttpClient would resolve by itself
			if (addresses == null || addresses.isEmpty()
					|| addresses.stream().anyMatch(InetSocketAddress::isUnresolved)) {
				throw new UnknownHostException(this.host);
			}
			return (addresses.size() == 1) ? addresses : addresses.stream().distinct().toList();
		}

	}

	private final class Lookup extends FutureTask<List<InetSocketAddress>> {

		private final Key key;

		// Those of the waiting that hold no thread
		private final Set<CompletableFuture<List<InetSocketAddress>>> callers = ConcurrentHashMap.newKeySet();

		// Guarded by the map's lock on the key
		private int waiting;

		private volatile boolean over;

		Lookup(Key key) {
			super(key::lookUp);
			this.key = key;
		}

		@Override
		protected void done() {
			BoundedResolver.this.underway.remove(this.key, this);
			this.over = true;
			this.callers.forEach(this::answer);
		}

		void tell(CompletableFuture<List<InetSocketAddress>> caller) {
			this.callers.add(caller);
			// Read after the caller was added: one of the two sees the other
			if (this.over) {
				answer(caller);
			}
		}

		void forget(CompletableFuture<List<InetSocketAddress>> caller) {
			this.callers.remove(caller);
		}

		private void answer(CompletableFuture<List<InetSocketAddress>> caller) {
			try {
				caller.complete(get());
			}
			catch (ExecutionException ex) {
				caller.completeExceptionally(ex.getCause());
			}
			catch (CancellationException | InterruptedException ex) {
				// Never the latter: who is over does not wait
				caller.completeExceptionally(closed());
			}
		}

	}

	/**
	 * Makes an executor use an idle thread before it adds one, and add one before it has
	 * a task wait: it asks for a place in the queue first.
	 */
	private static final class IdleThreadsFirst extends LinkedTransferQueue<Runnable> {

		@Serial
		private static final long serialVersionUID = 1L;

		@Override
		public boolean offer(Runnable task) {
			return tryTransfer(task);
		}

		static void enqueue(Runnable task, ThreadPoolExecutor executor) {
			if (executor.isShutdown()) {
				throw new RejectedExecutionException();
			}
			executor.getQueue().add(task);
		}

	}

}
