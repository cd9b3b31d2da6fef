package com.example.orders;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A response as it came off the connection, to a request that no HTTP client would send.
 *
 * @param text all of it
 */
record RawResponse(String text) {

	static RawResponse get(int port, String target, String... headers) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			String head = "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n".formatted(target,
					String.join("\r\n", headers));
			socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
			return new RawResponse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
		}
	}

}
