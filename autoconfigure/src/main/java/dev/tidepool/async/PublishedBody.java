package dev.tidepool.async;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A request body that is published piece by piece, and so cannot be written again. Asks
 * for a few pieces ahead of the socket.
 */
public final class PublishedBody implements AsyncEntityProducer, Subscriber<ByteBuffer> {

	private static final int AHEAD = 4;

	private final Publisher<ByteBuffer> publisher;

	private final long contentLength;

	// All guarded by this
	private final Deque<ByteBuffer> pieces = new ArrayDeque<>();

	private @Nullable DataStreamChannel channel;

	private @Nullable Subscription subscription;

	private @Nullable Throwable failure;

	private long sent;

	private boolean complete;

	private boolean over;

	/**
	 * Create a body.
	 * @param publisher subscribed to when the first byte can be written
	 * @param contentLength its length, or negative if that is not known: it is sent in
	 * chunks then
	 */
	public PublishedBody(Publisher<ByteBuffer> publisher, long contentLength) {
		this.publisher = publisher;
		this.contentLength = contentLength;
	}

	@Override
	public boolean isRepeatable() {
		return false;
	}

	@Override
	public long getContentLength() {
		return this.contentLength;
	}

	@Override
	public boolean isChunked() {
		return this.contentLength < 0;
	}

	@Override
	public @Nullable String getContentType() {
		return null;
	}

	@Override
	public @Nullable String getContentEncoding() {
		return null;
	}

	@Override
	public Set<String> getTrailerNames() {
		return Set.of();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		synchronized (this) {
			if (this.over || this.subscription != null) {
				subscription.cancel();
				return;
			}
			this.subscription = subscription;
		}
		subscription.request(AHEAD);
	}

	@Override
	public void onNext(ByteBuffer piece) {
		synchronized (this) {
			if (this.over) {
				// On its way as the rest was cancelled (reactive streams, 2.8)
				return;
			}
			this.pieces.add(piece);
		}
		wakeUp();
	}

	@Override
	public void onError(Throwable ex) {
		synchronized (this) {
			this.failure = ex;
		}
		wakeUp();
	}

	@Override
	public void onComplete() {
		synchronized (this) {
			this.complete = true;
		}
		wakeUp();
	}

	private void wakeUp() {
		DataStreamChannel channel;
		synchronized (this) {
			channel = this.over ? null : this.channel;
		}
		if (channel != null) {
			channel.requestOutput();
		}
	}

	@Override
	public synchronized int available() {
		return (this.complete || this.failure != null || !this.pieces.isEmpty()) ? 1 : 0;
	}

	@Override
	public void produce(DataStreamChannel channel) throws IOException {
		boolean first;
		synchronized (this) {
			first = this.channel == null;
			this.channel = channel;
		}
		if (first) {
			this.publisher.subscribe(this);
		}
		int written = 0;
		boolean ends;
		Subscription subscription;
		synchronized (this) {
			if (this.over) {
				return;
			}
			Throwable failure = this.failure;
			if (failure != null) {
				throw new IOException("The request body could not be produced", failure);
			}
			for (ByteBuffer piece = this.pieces.peek(); piece != null && !this.over; piece = this.pieces.peek()) {
				if (this.contentLength >= 0 && piece.remaining() > this.contentLength - this.sent) {
					throw new IOException("The request body is longer than the %d bytes that it was to have"
						.formatted(this.contentLength));
				}
				this.sent += channel.write(piece);
				if (piece.hasRemaining()) {
					break;
				}
				this.pieces.poll();
				written++;
			}
			if (this.pieces.isEmpty() && this.complete && !this.over) {
				// The upstream would take the next request for the rest of it
				if (this.sent < this.contentLength) {
					throw new IOException("The request body ended after %d bytes, and was to have %d"
						.formatted(this.sent, this.contentLength));
				}
				this.over = true;
			}
			subscription = this.over ? null : this.subscription;
			ends = this.over && this.complete;
		}
		// The call may end with its body, and with it all that its caller does then
		if (ends) {
			channel.endStream();
		}
		else if (subscription != null && written > 0) {
			subscription.request(written);
		}
	}

	@Override
	public void failed(Exception ex) {
		releaseResources();
	}

	@Override
	public void releaseResources() {
		Subscription subscription;
		synchronized (this) {
			subscription = this.over ? null : this.subscription;
			this.over = true;
			this.pieces.clear();
		}
		if (subscription != null) {
			subscription.cancel();
		}
	}

}
