package dev.tidepool.benchmarks;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;

/**
 * The threads of callers that wait. Virtual ones are asked for by reflection, since the
 * code is compiled for a JDK without them.
 */
final class CallerThreads {

	private CallerThreads() {
	}

	static ThreadFactory of(boolean virtual) {
		return virtual ? virtual() : (task) -> new Thread(task, "caller");
	}

	private static ThreadFactory virtual() {
		try {
			Method ofVirtual = Thread.class.getMethod("ofVirtual");
			Object builder = ofVirtual.invoke(null);
			return (ThreadFactory) ofVirtual.getReturnType().getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("Java %s has no virtual threads".formatted(Runtime.version()), ex);
		}
	}

}
