package dev.tidepool.async;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Tells a subscriber why there is nothing for it, unless it has cancelled as it was
 * subscribed: Reactor logs an error that nobody is there for.
 */
final class Refusal implements Subscription {

	private volatile boolean cancelled;

	private Refusal() {
	}

	static void tell(Subscriber<?> subscriber, Throwable why) {
		Refusal refusal = new Refusal();
		subscriber.onSubscribe(refusal);
		if (!refusal.cancelled) {
			subscriber.onError(why);
		}
	}

	@Override
	public void request(long n) {
		// There is nothing
	}

	@Override
	public void cancel() {
		this.cancelled = true;
	}

}
