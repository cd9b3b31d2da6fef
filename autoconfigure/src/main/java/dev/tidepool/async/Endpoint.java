package dev.tidepool.async;

import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.call.Leased;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.AdmissionGate.Lane;
import dev.tidepool.connection.AdmissionGate.Pending;
import dev.tidepool.connection.Alarm;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.Lease;
import dev.tidepool.connection.Shutdown;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.policy.Durations;

/**
 * The connection that a call of the user has at a time, through all its attempts and
 * redirects: HttpClient's chain asks it for one, and gives it back. Cancelled, it gives
 * up at once whatever it has, and takes nothing more.
 */
final class Endpoint implements AsyncExecRuntime {

	private static final Cancellable NOTHING = () -> false;

	private final AsyncPool pool;

	private final AtomicReference<@Nullable Holding> held = new AtomicReference<>();

	private volatile boolean reusable;

	private volatile boolean cancelled;

	private volatile @Nullable Exception refusal;

	// HttpClient's chain notes what is to be cancelled once that has begun, when what
	// follows it may have been noted already: only the endpoint knows the latest
	private volatile Cancellable acquiring = NOTHING;

	Endpoint(AsyncPool pool) {
		this.pool = pool;
	}

	/**
	 * Give up what there is, and take nothing more.
	 * @param reason why
	 */
	void cancel(CloseReason reason) {
		this.cancelled = true;
		this.acquiring.cancel();
		Holding holding = this.held.get();
		if (holding != null) {
			holding.closing(reason);
		}
		discardEndpoint();
	}

	/**
	 * Whether a failure is that of the gate, which says all there is to say.
	 * @param ex the failure
	 * @return whether the call was not admitted
	 */
	boolean isRefusal(Exception ex) {
		return ex == this.refusal;
	}

	boolean isCancelled() {
		return this.cancelled;
	}

	/**
	 * What gives the connection back in the caller's stead.
	 * @return the lease
	 */
	Leased leased() {
		return held();
	}

	@Nullable AsyncConnection connection() {
		Holding holding = this.held.get();
		return (holding != null) ? holding.connection : null;
	}

	@Override
	public boolean isEndpointAcquired() {
		return this.held.get() != null;
	}

	@Override
	public Cancellable acquireEndpoint(String id, HttpRoute route, @Nullable Object object, HttpClientContext context,
			FutureCallback<AsyncExecRuntime> callback) {
		if (isEndpointAcquired()) {
			callback.completed(this);
			return NOTHING;
		}
		Call call = Objects.requireNonNull(Call.of(object), "No call in progress");
		Acquiring acquiring = new Acquiring(call, route, callback);
		this.acquiring = acquiring;
		acquiring.start();
		return acquiring;
	}

	@Override
	public boolean isEndpointConnected() {
		AsyncConnection connection = connection();
		return connection != null && connection.isOpen();
	}

	@Override
	public Cancellable connectEndpoint(HttpClientContext context, FutureCallback<AsyncExecRuntime> callback) {
		Holding holding = held();
		AsyncConnection connection = holding.connection;
		if (connection != null && connection.isOpen()) {
			callback.completed(this);
			return NOTHING;
		}
		holding.makesRoom(this.pool);
		Cancellable connecting = connect(call(context), holding, callback);
		holding.connecting = connecting;
		if (this.held.get() != holding) {
			connecting.cancel();
			// Given up before it was counted
			holding.settled();
		}
		return connecting;
	}

	private Cancellable connect(Call call, Holding holding, FutureCallback<AsyncExecRuntime> callback) {
		return this.pool.connect(call, holding.route, new FutureCallback<>() {

			@Override
			public void completed(AsyncConnection connected) {
				holding.connected(connected);
				if (Endpoint.this.held.get() == holding) {
					callback.completed(Endpoint.this);
				}
				else {
					connected.giveUp(CloseReason.CANCELLED);
					callback.failed(new InterruptedIOException("Cancelled"));
				}
			}

			@Override
			public void failed(Exception ex) {
				holding.settled();
				callback.failed(ex);
			}

			@Override
			public void cancelled() {
				failed(new InterruptedIOException("Cancelled"));
			}

		});
	}

	@Override
	public void disconnectEndpoint() {
		Holding holding = this.held.get();
		if (holding != null) {
			holding.disconnect();
		}
	}

	@Override
	public void upgradeTls(HttpClientContext context) {
		throw new UnsupportedOperationException("Superseded by the variant with a callback");
	}

	@Override
	public void upgradeTls(HttpClientContext context, FutureCallback<AsyncExecRuntime> callback) {
		Holding holding = held();
		this.pool.upgrade(Objects.requireNonNull(holding.connection), call(context), holding.route,
				() -> callback.completed(this), callback::failed);
	}

	@Override
	public boolean validateConnection() {
		return isEndpointConnected();
	}

	@Override
	public Cancellable execute(String id, AsyncClientExchangeHandler exchange, HttpClientContext context) {
		Holding holding = held();
		AsyncConnection connection = Objects.requireNonNull(holding.connection);
		TimedExchange timed = new TimedExchange(exchange, connection, call(context), this.pool.shared().clock());
		timed.waitsForItsThread();
		connection.execute(timed, context);
		return NOTHING;
	}

	// That of the hop, not of who took the connection
	private static Call call(HttpClientContext context) {
		return Objects.requireNonNull(Call.of(context), "No call in progress");
	}

	private Holding held() {
		Holding holding = this.held.get();
		if (holding == null) {
			throw new IllegalStateException("The connection was given up");
		}
		return holding;
	}

	@Override
	public void markConnectionReusable(@Nullable Object state, TimeValue validityTime) {
		this.reusable = true;
	}

	@Override
	public void markConnectionNonReusable() {
		this.reusable = false;
	}

	@Override
	public void releaseEndpoint() {
		release(this.held.get(), this.reusable);
	}

	@Override
	public void discardEndpoint() {
		release(this.held.get(), false);
	}

	private boolean release(@Nullable Holding holding, boolean reusable) {
		if (holding == null || !this.held.compareAndSet(holding, null)) {
			return false;
		}
		this.reusable = false;
		holding.release(this.pool, reusable);
		return true;
	}

	@Override
	public AsyncExecRuntime fork() {
		return new Endpoint(this.pool);
	}

	/**
	 * What a call has from the moment it passes the gate until it leaves.
	 */
	private final class Holding implements Leased {

		private final Call call;

		private final HttpRoute route;

		private final long since;

		private final @Nullable Lease lease;

		private volatile @Nullable AsyncConnection connection;

		private volatile Cancellable connecting = NOTHING;

		private boolean counted;

		Holding(Call call, HttpRoute route, @Nullable AsyncConnection connection, long now) {
			this.call = call;
			this.route = route;
			this.connection = connection;
			this.since = now;
			this.lease = Lease.start(call.upstream(), Endpoint.this.pool.shared().clock());
		}

		synchronized void makesRoom(AsyncPool pool) {
			if (!this.counted) {
				this.counted = true;
				this.call.upstream().sockets().add();
				pool.shared().eviction().makeRoom(this.call.upstream());
			}
		}

		void connected(AsyncConnection connection) {
			this.connection = connection;
			settled();
		}

		synchronized void settled() {
			if (this.counted) {
				this.counted = false;
				this.call.upstream().sockets().remove();
			}
		}

		void closing(CloseReason reason) {
			AsyncConnection connection = this.connection;
			if (connection != null) {
				connection.closing(reason);
			}
		}

		void disconnect() {
			AsyncConnection connection = this.connection;
			this.connection = null;
			if (connection != null) {
				connection.dispose();
			}
		}

		void release(AsyncPool pool, boolean reusable) {
			this.connecting.cancel();
			settled();
			long now = pool.shared().clock().nanoTime();
			if (this.lease != null) {
				this.lease.ends(now);
			}
			try {
				AsyncConnection connection = this.connection;
				if (connection != null) {
					pool.release(connection, this.call, this.route, reusable);
				}
			}
			finally {
				pool.shared().leave(this.call.upstream());
				pool.shared().events().used(this.call.upstream().stats(), now - this.since);
			}
		}

		@Override
		public void giveBack(long now) {
			if (this.lease != null) {
				this.lease.isLeaked(now);
			}
			Endpoint.this.release(this, false);
		}

	}

	/**
	 * The way through the gate.
	 */
	private final class Acquiring implements Cancellable {

		private final Call call;

		private final HttpRoute route;

		private final FutureCallback<AsyncExecRuntime> callback;

		private final Lane lane;

		private final UpstreamStats stats;

		private final long start = now();

		private long timeout;

		private volatile @Nullable Pending pending;

		private volatile @Nullable Alarm alarm;

		private volatile boolean told;

		Acquiring(Call call, HttpRoute route, FutureCallback<AsyncExecRuntime> callback) {
			this.call = call;
			this.route = route;
			this.callback = callback;
			this.lane = call.upstream().lane();
			this.stats = call.upstream().stats();
		}

		private long now() {
			return Endpoint.this.pool.shared().clock().nanoTime();
		}

		void start() {
			Shutdown shutdown = Endpoint.this.pool.upstreams().shutdown();
			if (shutdown.refuses(this.call.deadline().started())) {
				answer(Admission.CLOSED);
			}
			else if (this.lane.tryEnter()) {
				admitted();
			}
			else {
				await();
			}
		}

		private void await() {
			this.timeout = Math.min(Durations.toNanos(this.call.upstream().settings().pool().acquireTimeout()),
					this.call.deadline().left(this.start));
			Pending pending = this.lane.enter(this::told);
			this.pending = pending;
			if (this.told) {
				return;
			}
			this.alarm = Endpoint.this.pool.shared().deadlines().after(this.timeout, () -> {
				if (pending.expire()) {
					answer(Admission.EXPIRED);
				}
			});
			if (this.told) {
				cancelAlarm();
			}
			if (Endpoint.this.cancelled) {
				cancel();
			}
		}

		private void told(Admission admission) {
			this.told = true;
			cancelAlarm();
			answer(admission);
		}

		private void cancelAlarm() {
			Alarm alarm = this.alarm;
			if (alarm != null) {
				alarm.cancel();
			}
		}

		private void answer(Admission admission) {
			if (admission == Admission.ADMITTED) {
				admitted();
				return;
			}
			long now = now();
			Endpoint.this.pool.shared().events().notAcquired(this.stats, now - this.start);
			Exception refusal;
			if (admission == Admission.CLOSED) {
				refusal = Failures.closed(this.call);
			}
			else {
				this.stats.refused(admission);
				refusal = Failures.exhausted(this.call, admission, Endpoint.this.pool.upstreams().gate(), this.timeout,
						now - this.start, now);
			}
			Endpoint.this.refusal = refusal;
			this.callback.failed(refusal);
		}

		private void admitted() {
			long now = now();
			Holding holding = null;
			try {
				holding = new Holding(this.call, this.route, Endpoint.this.pool.take(this.call, this.route), now);
				this.call.leased(holding);
				Endpoint.this.reusable = false;
				Endpoint.this.held.set(holding);
				Endpoint.this.pool.shared().events().acquired(this.stats, now - this.start);
			}
			catch (RuntimeException ex) {
				// Whatever that is, the place at the gate is not lost
				if (holding == null || !release(holding, false)) {
					this.lane.leave();
				}
				this.callback.failed(ex);
				return;
			}
			if (Endpoint.this.cancelled) {
				holding.closing(CloseReason.CANCELLED);
				release(holding, true);
				this.callback.failed(new InterruptedIOException("Cancelled"));
			}
			else {
				this.callback.completed(Endpoint.this);
			}
		}

		@Override
		public boolean cancel() {
			Pending pending = this.pending;
			if (pending != null && pending.cancel()) {
				cancelAlarm();
				Endpoint.this.pool.shared().events().notAcquired(this.stats, now() - this.start);
				return true;
			}
			return false;
		}

	}

}
