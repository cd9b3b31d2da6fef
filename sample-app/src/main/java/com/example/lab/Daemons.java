package com.example.lab;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Threads that keep no JVM from ending.
 */
final class Daemons {

	private static final CustomizableThreadFactory FACTORY = new CustomizableThreadFactory("lab-");

	static {
		FACTORY.setDaemon(true);
	}

	private Daemons() {
	}

	static ExecutorService fixed(int count) {
		return Executors.newFixedThreadPool(count, FACTORY);
	}

	/**
	 * As many threads as there are tasks, as {@code Executors.newCachedThreadPool} has
	 * them.
	 */
	static ExecutorService unbounded() {
		return Executors.newCachedThreadPool(FACTORY);
	}

}
