package dev.tidepool.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of 127.0.0.1 that refuses connections. It is taken, by a socket that does not
 * listen, so that nobody else gets it meanwhile.
 */
public final class ClosedPort implements AutoCloseable {

	private final Socket holder = new Socket();

	/**
	 * Take any port that is free.
	 */
	public ClosedPort() throws IOException {
		this.holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
	}

	public int number() {
		return this.holder.getLocalPort();
	}

	@Override
	public void close() throws IOException {
		this.holder.close();
	}

}
