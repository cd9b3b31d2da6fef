package com.example.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Responses as bytes.
 */
final class Responses {

	private Responses() {
	}

	/**
	 * A small response, after which the connection can be used again.
	 * @return {@code true}
	 */
	static boolean text(OutputStream out, String body) throws IOException {
		out.write(bytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
			.formatted(body.length(), body)));
		return true;
	}

	/**
	 * What a gateway says whose upstream failed.
	 * @return {@code true}
	 */
	static boolean badGateway(OutputStream out) throws IOException {
		out.write(bytes("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
		return true;
	}

	/**
	 * The head of a response whose length is known.
	 */
	static void head(OutputStream out, int length) throws IOException {
		out.write(bytes("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
			.formatted(length)));
	}

	/**
	 * The head of a response whose end nobody knows.
	 */
	static void endlessHead(OutputStream out) throws IOException {
		out.write(bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"));
	}

	static void chunk(OutputStream out, String text) throws IOException {
		out.write(bytes("%x\r\n%s\r\n".formatted(text.length(), text)));
		out.flush();
	}

	static boolean lastChunk(OutputStream out) throws IOException {
		out.write(bytes("0\r\n\r\n"));
		return true;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
