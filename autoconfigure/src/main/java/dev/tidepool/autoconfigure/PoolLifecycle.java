package dev.tidepool.autoconfigure;

import org.springframework.context.SmartLifecycle;

import dev.tidepool.connection.SharedPool;

/**
 * Has calls end in order when the application context stops. Stops last, in the lowest
 * phase: requests that the web server still serves make calls, and so do beans that stop,
 * for instance to deregister. From here on new calls fail, and those in flight have
 * {@code spring.lifecycle.timeout-per-shutdown-phase} to end, before the pool is
 * destroyed and cancels them.
 * <p>
 * That time comes after what the web server took of its own, and is all there is with
 * {@code server.shutdown=immediate} or without a web server. The thread that closes the
 * context may call until the pool is destroyed, so that {@code @PreDestroy} methods can.
 * A context that is stopped or paused, not closed, takes calls again when it is started.
 */
final class PoolLifecycle implements SmartLifecycle {

	private final SharedPool pool;

	private volatile boolean running;

	PoolLifecycle(SharedPool pool) {
		this.pool = pool;
	}

	@Override
	public void start() {
		this.pool.start();
		this.running = true;
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.pool.stop(callback);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

}
