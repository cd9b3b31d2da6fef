package dev.tidepool.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import com.sun.management.ThreadMXBean;

/**
 * Callers that wait for each answer, each on a thread of its own.
 */
final class Callers implements Traffic {

	private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

	private final BlockingClient client;

	private final int bodyLength;

	private final boolean upstreamCore;

	private final List<Caller> callers;

	private Consumer<Throwable> failure = (ex) -> {
	};

	private volatile boolean stopped;

	Callers(BlockingClient client, int bodyLength, int callers, boolean upstreamCore) {
		this.client = client;
		this.bodyLength = bodyLength;
		this.upstreamCore = upstreamCore;
		this.callers = IntStream.range(0, callers).mapToObj((i) -> new Caller("caller-" + i)).toList();
	}

	@Override
	public void start(Consumer<Throwable> failure) {
		this.failure = failure;
		this.callers.forEach(Thread::start);
	}

	@Override
	public void stop() throws InterruptedException {
		this.stopped = true;
		for (Caller caller : this.callers) {
			caller.join();
		}
	}

	@Override
	public int callers() {
		return this.callers.size();
	}

	@Override
	public long calls() {
		return this.callers.stream().mapToLong((caller) -> caller.calls.get()).sum();
	}

	@Override
	public long allocatedBytes() {
		long[] ids = this.callers.stream().mapToLong(Thread::getId).toArray();
		return LongStream.of(this.threads.getThreadAllocatedBytes(ids)).sum();
	}

	private final class Caller extends Thread {

		private final AtomicLong calls = new AtomicLong();

		Caller(String name) {
			super(name);
		}

		@Override
		public void run() {
			try {
				if (Callers.this.upstreamCore) {
					UpstreamCore.keepCurrentThread();
				}
				do {
					int length = Callers.this.client.call();
					if (length != Callers.this.bodyLength) {
						throw new IllegalStateException("A body of %d bytes".formatted(length));
					}
					this.calls.lazySet(this.calls.getPlain() + 1);
				}
				while (!Callers.this.stopped);
			}
			catch (Throwable ex) {
				Callers.this.failure.accept(ex);
			}
		}

	}

}
