package dev.tidepool.autoconfigure;

import java.lang.management.ManagementFactory;
import java.util.function.IntSupplier;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * How many more file descriptors this process may open.
 */
final class FreeDescriptors implements IntSupplier {

	@Override
	public int getAsInt() {
		if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
			long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
			return (int) Math.max(0, Math.min(Integer.MAX_VALUE, free));
		}
		return Integer.MAX_VALUE;
	}

}
