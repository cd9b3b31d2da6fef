package com.example.lab;

import java.io.IOException;
import java.util.OptionalInt;

/**
 * What an experiment calls, which counts what arrives.
 */
interface Upstream extends AutoCloseable {

	/**
	 * The port of the loopback address that it listens on.
	 */
	int port();

	default String url() {
		return "http://127.0.0.1:" + port();
	}

	/**
	 * Connections that were opened.
	 */
	int accepted();

	/**
	 * Connections that are open, idle or not.
	 */
	int open();

	/**
	 * Requests that were received, without those that were cut off, once no response is
	 * under way.
	 */
	int requests() throws IOException, InterruptedException;

	/**
	 * Requests that came on a connection that was just being closed, unless only the
	 * kernel that answered them knows.
	 */
	OptionalInt cut();

	/**
	 * Bytes that were sent, once no response is under way, which is soon.
	 */
	long bytesSent() throws IOException, InterruptedException;

	@Override
	void close();

}
