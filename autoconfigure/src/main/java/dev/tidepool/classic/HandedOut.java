package dev.tidepool.classic;

import java.lang.ref.WeakReference;

import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Leased;

/**
 * The response body of a connection that its caller has to close.
 */
final class HandedOut {

	// Weak, so that it can be seen when the caller has dropped it
	private volatile @Nullable WeakReference<BodyStream> body;

	private volatile @Nullable Call call;

	void is(BodyStream stream, Call call) {
		this.call = call;
		this.body = new WeakReference<>(stream);
	}

	/**
	 * There is none any more to look after.
	 */
	void isNothing() {
		this.body = null;
	}

	void wasClosed() {
		this.body = null;
		this.call = null;
	}

	boolean isAbandoned() {
		WeakReference<BodyStream> body = this.body;
		return body != null && body.refersTo(null);
	}

	/**
	 * What gives the connection back in the caller's stead.
	 * @return the lease, or {@code null} if there is none any more
	 */
	@Nullable Leased leased() {
		Call call = this.call;
		return (call != null) ? call.leased() : null;
	}

}
