package dev.tidepool.connection;

/**
 * The monotonic clock. Tests have one of their own.
 */
@FunctionalInterface
public interface NanoClock {

	/**
	 * {@link System#nanoTime()}.
	 */
	NanoClock SYSTEM = System::nanoTime;

	long nanoTime();

}
