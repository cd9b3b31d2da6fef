package dev.tidepool.benchmarks;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Chains of calls that nobody waits for: each answer starts the next call of its chain,
 * on the thread that brought it. So the client's own threads are the only ones that work,
 * and nothing that chains share (as one {@code flatMap} would be) gathers the calls on
 * one of them.
 */
final class Chains implements Traffic {

	private static final long LAST_ANSWER_SECONDS = 30;

	private final AllocatedBytes allocated = new AllocatedBytes();

	private final AsyncClient client;

	private final int bodyLength;

	private final List<Chain> chains;

	private final CountDownLatch inFlight;

	private volatile Consumer<Throwable> failure = (ex) -> {
	};

	private volatile boolean stopped;

	Chains(AsyncClient client, int bodyLength, int inFlight) {
		this.client = client;
		this.bodyLength = bodyLength;
		this.chains = IntStream.range(0, inFlight).mapToObj((i) -> new Chain()).toList();
		this.inFlight = new CountDownLatch(inFlight);
	}

	@Override
	public void start(Consumer<Throwable> failure) {
		this.failure = failure;
		this.chains.forEach(Chain::call);
	}

	@Override
	public void stop() throws InterruptedException {
		this.stopped = true;
		if (!this.inFlight.await(LAST_ANSWER_SECONDS, TimeUnit.SECONDS)) {
			this.failure.accept(new IllegalStateException("%d calls had no answer %d s after the last one was started"
				.formatted(this.inFlight.getCount(), LAST_ANSWER_SECONDS)));
		}
	}

	@Override
	public int callers() {
		return this.chains.size();
	}

	@Override
	public long calls() {
		return this.chains.stream().mapToLong((chain) -> chain.calls.get()).sum();
	}

	@Override
	public long allocatedBytes() {
		return this.allocated.total();
	}

	private final class Chain implements AsyncClient.Answer {

		private final AtomicLong calls = new AtomicLong();

		void call() {
			try {
				Chains.this.client.call(this);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}

		@Override
		public void answered(int length) {
			if (length != Chains.this.bodyLength) {
				failed(new IllegalStateException("A body of %d bytes".formatted(length)));
				return;
			}
			this.calls.lazySet(this.calls.getPlain() + 1);
			if (Chains.this.stopped) {
				Chains.this.inFlight.countDown();
			}
			else {
				call();
			}
		}

		@Override
		public void failed(Throwable ex) {
			Chains.this.failure.accept(ex);
			Chains.this.inFlight.countDown();
		}

	}

}
