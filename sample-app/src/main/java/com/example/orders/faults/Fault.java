package com.example.orders.faults;

import java.time.Duration;

/**
 * Something that goes wrong for a while, and then is right again. What it is called in
 * {@code POST /faults/<name>} is the name of its bean.
 */
interface Fault {

	/**
	 * For how long it lasts, unless told otherwise.
	 * @return a time that is long enough for the alerts
	 */
	default Duration length() {
		return Duration.ofSeconds(20);
	}

	/**
	 * Make it.
	 * @param length for how long
	 * @throws InterruptedException if the application is stopped meanwhile
	 */
	void run(Duration length) throws InterruptedException;

}
