package dev.tidepool.soak;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.ScriptedServer.Request;

/**
 * Reads the body of a request, as far as the upstream wants it.
 */
final class MixedRequest {

	private MixedRequest() {
	}

	/**
	 * Read a body.
	 * @param exchange the exchange
	 * @param most bytes to read
	 * @return what was read
	 */
	static byte[] read(Exchange exchange, int most) throws IOException {
		Request request = exchange.request();
		if (request.body().length > 0) {
			// On a connection that came before the server was told to leave it
			return request.body();
		}
		if (request.header("Content-Length") != null) {
			int length = Integer.parseInt(request.header("Content-Length"));
			return whole(exchange.input(), Math.min(length, most));
		}
		return (request.header("Transfer-Encoding") != null) ? chunks(exchange.input(), most) : new byte[0];
	}

	private static byte[] chunks(InputStream in, int most) throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
			body.writeBytes(whole(in, Math.min(size, most - body.size())));
			if (body.size() == most) {
				return body.toByteArray();
			}
			line(in);
		}
		line(in);
		return body.toByteArray();
	}

	private static byte[] whole(InputStream in, int size) throws IOException {
		byte[] bytes = in.readNBytes(size);
		if (bytes.length < size) {
			throw new EOFException("The request ends within its body");
		}
		return bytes;
	}

	private static String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int b = in.read(); b != '\n'; b = in.read()) {
			if (b == -1) {
				throw new EOFException("The request ends within a chunk");
			}
			if (b != '\r') {
				line.append((char) b);
			}
		}
		return line.toString();
	}

}
