package dev.tidepool.connection;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A connection that is what a test says. It counts how often it is looked at, and whether
 * anyone does while somebody else uses it.
 */
final class FakeProbe implements ConnectionProbe {

	volatile Look look = Look.ALIVE;

	volatile boolean quiet = true;

	volatile boolean unaskedBytes;

	volatile Runnable whenLookedAt = () -> {
	};

	volatile Runnable whenClosed = () -> {
	};

	volatile BooleanSupplier abandoned = () -> false;

	private final AtomicInteger reclaims = new AtomicInteger();

	private final AtomicInteger users = new AtomicInteger();

	private final AtomicInteger overlaps = new AtomicInteger();

	private final AtomicInteger looks = new AtomicInteger();

	private final AtomicInteger closes = new AtomicInteger();

	private final AtomicInteger resets = new AtomicInteger();

	@Override
	public ClientKind kind() {
		return ClientKind.BLOCKING;
	}

	@Override
	public Look look() {
		this.looks.incrementAndGet();
		use(this.whenLookedAt);
		return this.look;
	}

	/**
	 * Use the connection for a while.
	 * @param use what to do meanwhile
	 */
	void use(Runnable use) {
		if (this.users.incrementAndGet() > 1) {
			this.overlaps.incrementAndGet();
		}
		use.run();
		this.users.decrementAndGet();
	}

	@Override
	public boolean isQuiet() {
		return this.quiet;
	}

	@Override
	public boolean hasUnaskedBytes() {
		return this.unaskedBytes;
	}

	@Override
	public boolean isAbandoned() {
		return this.abandoned.getAsBoolean();
	}

	@Override
	public void reclaim() {
		this.reclaims.incrementAndGet();
	}

	@Override
	public void closeInOrder() {
		this.closes.incrementAndGet();
		this.whenClosed.run();
	}

	@Override
	public void reset() {
		this.resets.incrementAndGet();
	}

	@Override
	public long bytes() {
		return 0;
	}

	int looks() {
		return this.looks.get();
	}

	int closes() {
		return this.closes.get();
	}

	int resets() {
		return this.resets.get();
	}

	int reclaims() {
		return this.reclaims.get();
	}

	int overlaps() {
		return this.overlaps.get();
	}

}
