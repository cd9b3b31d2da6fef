package dev.tidepool.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/**
 * A client that is called with more than one request, to see how its cost grows. Each
 * host name of theirs is the loopback address.
 */
interface GrowthClient extends Closeable {

	/**
	 * What bodies are read into.
	 */
	ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[16 << 10]);

	/**
	 * Fetch a body, and throw it away.
	 * @param uri where from
	 * @return how many bytes it had
	 */
	int get(URI uri) throws IOException;

	/**
	 * Send a body.
	 * @param uri where to
	 * @param body the body
	 * @return how many bytes were answered
	 */
	int send(URI uri, byte[] body) throws IOException;

	/**
	 * Have a connection of its own until what is returned is closed, and be idle then.
	 * @param uri where to
	 * @return keeps the connection
	 */
	Closeable hold(URI uri) throws IOException;

	static int length(InputStream body) throws IOException {
		byte[] buffer = BUFFER.get();
		int length = 0;
		for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
			length += read;
		}
		return length;
	}

}
