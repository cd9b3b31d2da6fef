package dev.tidepool.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Answers each request without a body, whatever it asks for, and never closes first. For
 * machines without nginx.
 */
final class PlainUpstream {

	private static final byte[] RESPONSE = """
			HTTP/1.1 200 OK\r
			Content-Type: text/plain\r
			Content-Length: %d\r
			\r
			%s""".formatted(UpstreamProcess.BODY.length(), UpstreamProcess.BODY).getBytes(StandardCharsets.US_ASCII);

	private PlainUpstream() {
	}

	/**
	 * Serve until the process is ended, and print the port first.
	 * @param args none
	 */
	public static void main(String[] args) throws IOException {
		try (ServerSocket server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress())) {
			System.out.println(server.getLocalPort());
			for (;;) {
				Socket socket = server.accept();
				new Thread(() -> serve(socket)).start();
			}
		}
	}

	private static void serve(Socket socket) {
		try (socket;
				BufferedReader requests = new BufferedReader(
						new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
			socket.setTcpNoDelay(true);
			OutputStream responses = socket.getOutputStream();
			for (String line = requests.readLine(); line != null; line = requests.readLine()) {
				if (line.isEmpty()) {
					responses.write(RESPONSE);
				}
			}
		}
		catch (IOException ex) {
			// The client went away
		}
	}

}
