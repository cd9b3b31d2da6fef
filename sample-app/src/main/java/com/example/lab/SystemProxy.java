package com.example.lab;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The proxy that the properties of the JVM name. There is one for all, so whoever wants
 * another waits.
 */
final class SystemProxy {

	private static final Lock LOCK = new ReentrantLock();

	private SystemProxy() {
	}

	/**
	 * Name another proxy while an action runs.
	 * @param port its port on this machine
	 * @param action what to run
	 */
	static void during(int port, Runnable action) throws InterruptedException {
		LOCK.lockInterruptibly();
		Map<String, @Nullable String> before = new HashMap<>();
		try {
			// Else there is none for the loopback address, which is all that the lab
			// calls
			Map.of("http.nonProxyHosts", "", "http.proxyHost", "127.0.0.1", "http.proxyPort", Integer.toString(port))
				.forEach((name, value) -> before.put(name, System.setProperty(name, value)));
			action.run();
		}
		finally {
			before.forEach(SystemProxy::restore);
			LOCK.unlock();
		}
	}

	private static void restore(String name, @Nullable String value) {
		if (value != null) {
			System.setProperty(name, value);
		}
		else {
			System.clearProperty(name);
		}
	}

}
