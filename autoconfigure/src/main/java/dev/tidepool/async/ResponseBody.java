package dev.tidepool.async;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.policy.Durations;

/**
 * A response body on its way from the I/O thread to its subscriber. As many bytes are
 * read from the socket ahead of demand as HttpCore's window holds (64 KiB), and then no
 * more. Each wait for bytes that are wanted is bounded; cancelled, the rest is read while
 * that is cheap and nobody waits for the connection, and else it is given up.
 */
final class ResponseBody implements AsyncDataConsumer, Subscription {

	private static final AtomicLongFieldUpdater<ResponseBody> DEMAND = AtomicLongFieldUpdater
		.newUpdater(ResponseBody.class, "demand");

	private final Endpoint endpoint;

	private final AsyncConnection connection;

	private final Call call;

	private final long contentLength;

	private final long timeout;

	private final Queue<ByteBuffer> received = new ConcurrentLinkedQueue<>();

	private final AtomicInteger drains = new AtomicInteger();

	private final AtomicInteger freed = new AtomicInteger();

	private volatile long demand;

	private volatile @Nullable Subscriber<? super ByteBuffer> subscriber;

	private volatile @Nullable CapacityChannel capacity;

	private volatile boolean subscribed;

	private volatile boolean cancelled;

	private volatile boolean unsubscribed;

	// Nothing more is read: guards the deadline of the connection, which is another
	// call's from then on
	private boolean ended;

	// Is the pool's again, or was given up
	private boolean free;

	private @Nullable Runnable whenFree;

	private volatile boolean complete;

	private volatile @Nullable Throwable failure;

	// Its subscriber is told at once, however much it has not asked for yet
	private volatile boolean misused;

	private @Nullable Drain drain;

	private long read;

	ResponseBody(Endpoint endpoint, AsyncConnection connection, Call call, long contentLength) {
		this.endpoint = endpoint;
		this.connection = connection;
		this.call = call;
		this.contentLength = contentLength;
		this.timeout = Durations.orForever(call.timeouts().read(call.upstream()));
		waits(false);
	}

	/**
	 * What the caller gets.
	 * @return the body
	 */
	ReceivedBody handsOut() {
		ReceivedBody body = new HandedOut();
		this.connection.handsOut(body, this.endpoint.leased());
		return body;
	}

	private void subscribe(Subscriber<? super ByteBuffer> subscriber) {
		if (!claim()) {
			// Once it has failed, WebClient reads it again to make an exception of that
			Throwable failure = this.failure;
			Refusal.tell(subscriber, (failure != null) ? failure
					: new IllegalStateException("The body of a response can be read once only, and not once released"));
			return;
		}
		subscriber.onSubscribe(this);
		this.subscriber = subscriber;
		drain();
	}

	private boolean claim() {
		synchronized (this) {
			if (this.subscribed) {
				return false;
			}
			this.subscribed = true;
		}
		this.connection.isRead();
		return true;
	}

	/**
	 * Read no more of it, unless somebody does.
	 * @param whenFree run when the connection is the pool's again or given up, or at once
	 * if the body is being read
	 */
	void release(Runnable whenFree) {
		if (claim()) {
			cancelReading();
		}
		synchronized (this) {
			if (this.cancelled && !this.free) {
				Runnable others = this.whenFree;
				this.whenFree = (others == null) ? whenFree : () -> {
					others.run();
					whenFree.run();
				};
				return;
			}
		}
		whenFree.run();
	}

	private void free() {
		Runnable whenFree;
		synchronized (this) {
			this.free = true;
			whenFree = this.whenFree;
			this.whenFree = null;
		}
		if (whenFree != null) {
			whenFree.run();
		}
	}

	@Override
	public void request(long n) {
		if (n <= 0) {
			fail(new IllegalArgumentException("Demand has to be positive (reactive streams, 3.9), and was " + n));
			this.misused = true;
			drain();
			endReading();
			return;
		}
		Operators.addCap(DEMAND, this, n);
		drain();
	}

	@Override
	public void updateCapacity(CapacityChannel channel) throws IOException {
		this.capacity = channel;
		grant();
	}

	private void grant() {
		CapacityChannel channel = this.capacity;
		if (channel == null) {
			return;
		}
		int freed = this.cancelled ? Integer.MAX_VALUE : this.freed.getAndSet(0);
		try {
			if (freed > 0) {
				channel.update(freed);
			}
		}
		catch (IOException | CancelledKeyException ex) {
			// The connection is gone, which the I/O thread tells. Thrown on, it would
			// pass
			// for a fault of the subscriber, who is told nothing more
		}
	}

	@Override
	public void consume(ByteBuffer bytes) {
		this.read += bytes.remaining();
		Drain drain = drainInProgress();
		if (drain != null) {
			drain.consume(bytes);
			return;
		}
		byte[] copy = new byte[bytes.remaining()];
		bytes.get(copy);
		this.received.add(ByteBuffer.wrap(copy));
		drain();
	}

	private synchronized @Nullable Drain drainInProgress() {
		return this.drain;
	}

	// The caller is told when the connection is free for its next call
	@Override
	public synchronized void streamEnd(@Nullable List<? extends Header> trailers) {
		this.ended = true;
		if (this.drain != null) {
			this.drain.streamEnd(trailers);
		}
		else {
			this.connection.deadline().ends();
		}
	}

	/**
	 * The body was read to its end, and the connection given back.
	 */
	void completed() {
		this.complete = true;
		free();
		drain();
	}

	/**
	 * The body could not be read to its end.
	 * @param ex why
	 */
	void failed(Exception ex) {
		synchronized (this) {
			this.ended = true;
			if (this.drain != null) {
				this.drain.releaseResources();
			}
		}
		free();
		fail((ex instanceof IOException io) ? Failures.describeBody(io, this.call, this.connection.deadline()) : ex);
	}

	private void fail(Throwable ex) {
		synchronized (this) {
			// What follows from the first is no failure of its own
			this.failure = (this.failure != null) ? this.failure : ex;
		}
		drain();
	}

	@Override
	public void releaseResources() {
		this.capacity = null;
	}

	@Override
	public void cancel() {
		this.unsubscribed = true;
		cancelReading();
		if (hasEnded()) {
			// Its request may still be on its way; else there is nothing left to cancel
			this.endpoint.cancel(CloseReason.CANCELLED);
		}
	}

	/**
	 * The body has ended, and its request is still being written.
	 */
	void endsBeforeRequest() {
		if (this.unsubscribed) {
			this.endpoint.cancel(CloseReason.CANCELLED);
		}
	}

	private void cancelReading() {
		this.cancelled = true;
		this.received.clear();
		endReading();
	}

	private void endReading() {
		synchronized (this) {
			if (this.ended || this.drain != null) {
				return;
			}
			// Nobody waits for a connection while a rest is read that nobody wants
			if (this.call.upstream().lane().pending() == 0) {
				this.drain = new Drain(this.connection, this.call, this.contentLength, this.read);
			}
			else {
				this.call.upstream().stats().drained(DrainOutcome.GIVEN_UP);
				this.connection.giveUp(CloseReason.UNREAD_RESPONSE);
			}
			if (this.drain == null || this.drain.isOver()) {
				this.ended = true;
			}
		}
		if (hasEnded()) {
			this.endpoint.discardEndpoint();
			free();
		}
		else {
			grant();
		}
	}

	private synchronized boolean hasEnded() {
		return this.ended;
	}

	private synchronized void waits(boolean wanted) {
		if (!this.ended && this.drain == null) {
			this.connection.deadline().starts(Phase.READ, wanted ? this.timeout : Long.MAX_VALUE, this.call.deadline());
		}
	}

	private void drain() {
		if (this.drains.getAndIncrement() != 0) {
			return;
		}
		int missed = 1;
		do {
			Subscriber<? super ByteBuffer> subscriber = this.subscriber;
			if (subscriber != null && !this.cancelled) {
				try {
					emit(subscriber);
				}
				catch (RuntimeException | Error ex) {
					// Reactor throws what is fatal at whoever signals: nobody reads on
					cancel();
					throw ex;
				}
			}
			missed = this.drains.addAndGet(-missed);
		}
		while (missed != 0);
	}

	private void emit(Subscriber<? super ByteBuffer> subscriber) {
		long demand = this.demand;
		long emitted = 0;
		int bytes = 0;
		for (ByteBuffer next; emitted < demand && (next = this.received.poll()) != null && !this.cancelled; emitted++) {
			bytes += next.remaining();
			subscriber.onNext(next);
		}
		if (emitted > 0 && demand != Long.MAX_VALUE) {
			DEMAND.addAndGet(this, -emitted);
		}
		boolean misused = this.misused;
		Throwable failure = this.failure;
		// Read before the queue: what came before the end is in it
		boolean complete = this.complete;
		if (this.cancelled) {
			this.received.clear();
		}
		else if (misused || (this.received.isEmpty() && (complete || failure != null))) {
			this.subscriber = null;
			this.cancelled = true;
			this.received.clear();
			if (failure != null) {
				subscriber.onError(failure);
			}
			else {
				subscriber.onComplete();
			}
		}
		else {
			if (bytes > 0) {
				this.freed.addAndGet(bytes);
				grant();
			}
			waits(this.received.isEmpty() && demand > emitted);
		}
	}

	/**
	 * All that the caller holds of it.
	 */
	private final class HandedOut implements ReceivedBody {

		@Override
		public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
			ResponseBody.this.subscribe(subscriber);
		}

		@Override
		public Mono<Void> release() {
			return Mono.create((sink) -> ResponseBody.this.release(sink::success));
		}

	}

}
