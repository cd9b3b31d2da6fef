package dev.tidepool.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.function.Consumer;

import com.sun.management.OperatingSystemMXBean;

/**
 * Calls without a pause, a fixed number of them at once.
 */
interface Traffic {

	/**
	 * Start calling.
	 * @param failure told of each call that failed, and of each body of another length
	 */
	void start(Consumer<Throwable> failure);

	/**
	 * Start no further call, and wait for those in flight.
	 */
	void stop() throws InterruptedException;

	/**
	 * How many calls are made at once.
	 * @return the number
	 */
	int callers();

	/**
	 * All calls since the start.
	 * @return how many were answered
	 */
	long calls();

	/**
	 * The CPU time of the process that calls: this one, unless said otherwise.
	 * @return nanoseconds
	 */
	default long cpuNanos() {
		return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
	}

	/**
	 * What all threads of the process have allocated since they exist.
	 * @return how many bytes
	 */
	long allocatedBytes();

}
