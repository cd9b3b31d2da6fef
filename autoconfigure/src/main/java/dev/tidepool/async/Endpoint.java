package dev.tidepool.async;

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
import dev.tidepool.call.Leased;
import dev.tidepool.connection.CloseReason;

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

	AsyncPool pool() {
		return this.pool;
	}

	/**
	 * The gate was passed.
	 * @param holding what the call has from now on
	 */
	void acquired(Holding holding) {
		this.reusable = false;
		this.held.set(holding);
	}

	/**
	 * The gate was not passed.
	 * @param refusal what the call fails with
	 */
	void refused(Exception refusal) {
		this.refusal = refusal;
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
		return (holding != null) ? holding.connection() : null;
	}

	boolean holds(Holding holding) {
		return this.held.get() == holding;
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
		Acquiring acquiring = new Acquiring(this, call, route, callback);
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
		AsyncConnection connection = holding.connection();
		if (connection != null && connection.isOpen()) {
			callback.completed(this);
			return NOTHING;
		}
		AwaitedConnection awaited = new AwaitedConnection(this, holding, callback);
		awaited.start(call(context));
		return awaited;
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
		this.pool.upgrade(Objects.requireNonNull(holding.connection()), call(context), holding.route(),
				() -> callback.completed(this), callback::failed);
	}

	@Override
	public boolean validateConnection() {
		return isEndpointConnected();
	}

	@Override
	public Cancellable execute(String id, AsyncClientExchangeHandler exchange, HttpClientContext context) {
		Holding holding = held();
		AsyncConnection connection = Objects.requireNonNull(holding.connection());
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

	/**
	 * Give up what there is, once.
	 * @param holding what there was when the caller looked
	 * @param reusable whether its exchange is complete, and may be followed by another
	 * @return whether it was still there
	 */
	boolean release(@Nullable Holding holding, boolean reusable) {
		if (holding == null || !this.held.compareAndSet(holding, null)) {
			return false;
		}
		this.reusable = false;
		holding.release(reusable);
		return true;
	}

	@Override
	public AsyncExecRuntime fork() {
		return new Endpoint(this.pool);
	}

}
