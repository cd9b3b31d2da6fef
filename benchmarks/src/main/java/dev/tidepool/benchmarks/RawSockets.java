package dev.tidepool.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import javax.net.ssl.SSLContext;

/**
 * No client at all: the same bytes are written, and the answer is read until its body is
 * complete, on one blocking socket a caller.
 */
final class RawSockets implements BlockingClient {

	private static final byte[] OK = "HTTP/1.1 200 ".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] END_OF_HEAD = { '\r', '\n', '\r', '\n' };

	private final Request request;

	private final byte[] message;

	private final ThreadLocal<Line> lines = ThreadLocal.withInitial(this::open);

	private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

	RawSockets(Request request, int callers) {
		this.request = request;
		this.message = message(request);
	}

	private static byte[] message(Request request) {
		String head = "%s %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n".formatted(request.isPost() ? "POST" : "GET",
				request.uri().getRawPath(), request.uri().getAuthority());
		String body = request.isPost() ? "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
			.formatted(Exchange.ORDER.length(), Exchange.ORDER) : "\r\n";
		return (head + body).getBytes(StandardCharsets.US_ASCII);
	}

	private Line open() {
		try {
			SSLContext tls = this.request.sslContext();
			String host = this.request.uri().getHost();
			int port = this.request.uri().getPort();
			Socket socket = (tls != null) ? tls.getSocketFactory().createSocket(host, port) : new Socket(host, port);
			this.sockets.add(socket);
			socket.setTcpNoDelay(true);
			return new Line(socket, new byte[4096]);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public int call() throws IOException {
		Line line = this.lines.get();
		line.socket().getOutputStream().write(this.message);
		return line.read(this.request.exchange().answerLength());
	}

	@Override
	public void close() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	private record Line(Socket socket, byte[] buffer) {

		int read(int bodyLength) throws IOException {
			InputStream input = this.socket.getInputStream();
			int read = 0;
			int head = -1;
			while (head < 0 || read < head + bodyLength) {
				int length = input.read(this.buffer, read, this.buffer.length - read);
				if (length < 0) {
					throw new EOFException("The upstream closed the connection");
				}
				read += length;
				head = (head < 0) ? lengthOfHead(read) : head;
			}
			return read - head;
		}

		private int lengthOfHead(int read) {
			for (int start = OK.length; start <= read - END_OF_HEAD.length; start++) {
				if (isAt(END_OF_HEAD, start)) {
					if (!isAt(OK, 0)) {
						throw new IllegalStateException(
								new String(this.buffer, 0, OK.length, StandardCharsets.US_ASCII));
					}
					return start + END_OF_HEAD.length;
				}
			}
			return -1;
		}

		private boolean isAt(byte[] expected, int start) {
			for (int i = 0; i < expected.length; i++) {
				if (this.buffer[start + i] != expected[i]) {
					return false;
				}
			}
			return true;
		}

	}

}
