package dev.tidepool.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * What a proxy does that was asked to CONNECT.
 */
public final class Tunnel {

	private Tunnel() {
	}

	/**
	 * Connect to the port that was asked for, here, and pass on all bytes until a side
	 * ends.
	 * @param exchange the CONNECT request
	 */
	public static void open(ScriptedServer.Exchange exchange) throws IOException {
		open(exchange, "HTTP/1.1 200 Connection established\r\n\r\n");
	}

	/**
	 * Do the same, with an answer of the test's own.
	 * @param exchange the CONNECT request
	 * @param answer what the proxy says
	 */
	public static void open(ScriptedServer.Exchange exchange, String answer) throws IOException {
		try (Socket upstream = new Socket("localhost", Integer.parseInt(exchange.request().path().split(":")[1]))) {
			exchange.raw(answer);
			Thread back = new Thread(() -> pump(input(upstream), exchange.output()));
			back.setDaemon(true);
			back.start();
			pump(exchange.input(), upstream.getOutputStream());
		}
	}

	private static InputStream input(Socket socket) {
		try {
			return socket.getInputStream();
		}
		catch (IOException ex) {
			return InputStream.nullInputStream();
		}
	}

	private static void pump(InputStream from, OutputStream to) {
		try {
			from.transferTo(to);
			to.close();
		}
		catch (IOException ex) {
			// One side went away
		}
	}

}
