package dev.tidepool.autoconfigure;

import org.springframework.context.SmartLifecycle;

import dev.tidepool.call.MinIdle;

/**
 * Has connections made ready last of all that starts with the context, the web server
 * included, so that it answers probes meanwhile; the application reports ready after
 * that. Ends first, so that none are made during a shutdown.
 */
final class MinIdleLifecycle implements SmartLifecycle {

	private final MinIdle minIdle;

	MinIdleLifecycle(MinIdle minIdle) {
		this.minIdle = minIdle;
	}

	@Override
	public void start() {
		this.minIdle.start();
	}

	@Override
	public void stop() {
		this.minIdle.stop();
	}

	@Override
	public boolean isRunning() {
		return this.minIdle.isRunning();
	}

}
