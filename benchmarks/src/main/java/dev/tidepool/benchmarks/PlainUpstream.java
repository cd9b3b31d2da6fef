package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Answers each request, a POST when its body is complete, and never closes first. For
 * machines without nginx, and like it one thread for all connections.
 */
final class PlainUpstream {

	private static final byte[] TEXT = response("text/plain", Exchange.TEXT);

	private static final byte[] RECEIPT = response("application/json", Exchange.RECEIPT);

	private static final int BACKLOG = 4096;

	private final ByteBuffer requests = ByteBuffer.allocateDirect(8192);

	private PlainUpstream() {
	}

	private static byte[] response(String type, String body) {
		return "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
			.formatted(type, body.length(), body)
			.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Serve until the process is ended, and print the ports first.
	 * @param args on how many ports
	 */
	public static void main(String[] args) throws IOException {
		try (Selector selector = Selector.open()) {
			for (int i = 0; i < Integer.parseInt(args[0]); i++) {
				ServerSocketChannel server = ServerSocketChannel.open();
				server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
				server.configureBlocking(false);
				server.register(selector, SelectionKey.OP_ACCEPT);
				System.out.println(server.socket().getLocalPort());
			}
			PlainUpstream upstream = new PlainUpstream();
			for (;;) {
				selector.select(upstream::serve);
			}
		}
	}

	private void serve(SelectionKey key) {
		try {
			if (key.channel() instanceof ServerSocketChannel server) {
				accept(server, key.selector());
			}
			else {
				answer((SocketChannel) key.channel(), (Message) key.attachment());
			}
		}
		catch (IOException ex) {
			// The client went away, and took the key with it
			close(key);
		}
	}

	private static void accept(ServerSocketChannel server, Selector selector) throws IOException {
		for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
			channel.configureBlocking(false);
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			channel.register(selector, SelectionKey.OP_READ, new Message());
		}
	}

	private void answer(SocketChannel channel, Message message) throws IOException {
		int length = channel.read(this.requests.clear());
		if (length < 0) {
			channel.close();
			return;
		}
		this.requests.flip();
		while (this.requests.hasRemaining()) {
			if (message.ends(this.requests.get())) {
				write(channel, ByteBuffer.wrap(message.isPost() ? RECEIPT : TEXT));
			}
		}
	}

	private static void write(SocketChannel channel, ByteBuffer response) throws IOException {
		while (response.hasRemaining()) {
			channel.write(response);
		}
	}

	private static void close(SelectionKey key) {
		try {
			key.channel().close();
		}
		catch (IOException ex) {
			// It is closed
		}
	}

	/**
	 * How much of a request has come.
	 */
	private static final class Message {

		private static final String LENGTH = "content-length:";

		private final StringBuilder line = new StringBuilder();

		private boolean start = true;

		private boolean post;

		private int length;

		private int bodyLeft;

		boolean ends(byte next) {
			if (this.bodyLeft > 0) {
				return --this.bodyLeft == 0;
			}
			if (next != '\n') {
				this.line.append((char) next);
				return false;
			}
			String line = this.line.toString().strip();
			this.line.setLength(0);
			if (!line.isEmpty()) {
				note(line);
				return false;
			}
			this.start = true;
			this.bodyLeft = this.length;
			return this.bodyLeft == 0;
		}

		private void note(String line) {
			if (this.start) {
				this.start = false;
				this.post = line.startsWith("POST ");
				this.length = 0;
			}
			else if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
				this.length = Integer.parseInt(line.substring(LENGTH.length()).strip());
			}
		}

		boolean isPost() {
			return this.post;
		}

	}

}
