package com.example.lab;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A request that an upstream has read to its end.
 *
 * @param method its method
 * @param target what it asks for
 * @param connection what it came on
 */
record Request(String method, String target, Socket connection) {

	private static final String CONTENT_LENGTH = "content-length:";

	private static final int MAX_LINE = 8192;

	/**
	 * Read the next request.
	 * @param in where it comes from
	 * @param connection what it comes on
	 * @return the request, or {@code null} if the client has closed the connection
	 */
	static @Nullable Request read(InputStream in, Socket connection) throws IOException {
		String line = line(in);
		if (line == null) {
			return null;
		}
		String[] words = line.split(" ", 3);
		long length = 0;
		for (line = line(in); line != null && !line.isEmpty(); line = line(in)) {
			if (line.toLowerCase(Locale.ROOT).startsWith(CONTENT_LENGTH)) {
				length = Long.parseLong(line.substring(CONTENT_LENGTH.length()).strip());
			}
		}
		in.skipNBytes(length);
		return new Request(words[0], words[1], connection);
	}

	private static @Nullable String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int b = in.read(); b != '\n'; b = in.read()) {
			if (b < 0) {
				return null;
			}
			if (line.length() >= MAX_LINE) {
				throw new IOException("A line that is longer than %d".formatted(MAX_LINE));
			}
			if (b != '\r') {
				line.append((char) b);
			}
		}
		return line.toString();
	}

}
