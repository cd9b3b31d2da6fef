package dev.tidepool.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Reads how TLS clients begin, answers each with the same bytes, and reads on until the
 * client goes away.
 */
public final class HelloServer implements AutoCloseable {

	private static final int CLIENT_TIMEOUT_MILLIS = 10_000;

	private final ServerSocket listener;

	private final byte[] answer;

	private final List<ClientHello> hellos = new CopyOnWriteArrayList<>();

	private HelloServer(ServerSocket listener, byte[] answer) {
		this.listener = listener;
		this.answer = answer;
		Thread thread = new Thread(this::accept, "hello-server");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Start a server.
	 * @param answer what it says to each client; nothing is a close
	 * @return the server
	 */
	public static HelloServer start(byte... answer) throws IOException {
		return new HelloServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
	}

	/**
	 * The first message of a server that has chosen a version.
	 * @param version the version, as 0x0302 for TLS 1.1
	 * @return the bytes, of a handshake record with a ServerHello
	 */
	public static byte[] choosing(int version) {
		byte[] hello = new byte[47];
		byte minor = (byte) version;
		System.arraycopy(new byte[] { 22, 3, minor, 0, 42, 2, 0, 0, 38, 3, minor }, 0, hello, 0, 11);
		// TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, which each of the versions may have
		hello[44] = (byte) 0xc0;
		hello[45] = 0x13;
		return hello;
	}

	public URI uri() {
		return URI.create("https://localhost:" + this.listener.getLocalPort() + "/");
	}

	/**
	 * What the clients have offered so far.
	 */
	public List<ClientHello> hellos() {
		return this.hellos;
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try (Socket socket = this.listener.accept()) {
				socket.setSoTimeout(CLIENT_TIMEOUT_MILLIS);
				this.hellos.add(ClientHello.read(socket.getInputStream()));
				if (this.answer.length > 0) {
					socket.getOutputStream().write(this.answer);
					socket.getInputStream().readAllBytes();
				}
			}
			catch (IOException ex) {
				// The client went away, or this is closed
			}
		}
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
	}

}
