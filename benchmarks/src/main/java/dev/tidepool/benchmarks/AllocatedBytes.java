package dev.tidepool.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

import com.sun.management.ThreadMXBean;

/**
 * What all threads of the process have allocated, since nobody knows which ones a client
 * uses beside its callers. Virtual threads count with those that carry them, threads that
 * have ended with what was last known of them.
 */
final class AllocatedBytes {

	private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

	private final Map<Long, Long> allocated = new HashMap<>();

	long total() {
		long[] ids = this.threads.getAllThreadIds();
		long[] bytes = this.threads.getThreadAllocatedBytes(ids);
		for (int i = 0; i < ids.length; i++) {
			this.allocated.merge(ids[i], bytes[i], Math::max);
		}
		return this.allocated.values().stream().mapToLong(Long::longValue).sum();
	}

}
