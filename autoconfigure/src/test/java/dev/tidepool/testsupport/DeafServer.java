package dev.tidepool.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * An address that accepts no connection, and does not refuse one either: who connects
 * waits.
 */
public final class DeafServer implements AutoCloseable {

	private final ServerSocket listener;

	private final List<Socket> waiting = new ArrayList<>();

	private DeafServer(ServerSocket listener) {
		this.listener = listener;
	}

	/**
	 * Start a server.
	 * @param address a loopback address
	 * @param port its port, 0 for any
	 * @return the server
	 */
	public static DeafServer start(String address, int port) throws IOException {
		DeafServer server = new DeafServer(new ServerSocket(port, 1, InetAddress.getByName(address)));
		server.fillBacklog();
		return server;
	}

	private void fillBacklog() throws IOException {
		for (int i = 0; i < 100; i++) {
			Socket socket = new Socket();
			this.waiting.add(socket);
			try {
				socket.connect(new InetSocketAddress(this.listener.getInetAddress(), port()), 300);
			}
			catch (SocketTimeoutException ex) {
				return;
			}
		}
		throw new IllegalStateException("The backlog has no end");
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	@Override
	public void close() throws IOException {
		for (Socket socket : this.waiting) {
			socket.close();
		}
		this.listener.close();
	}

}
