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
 * Answers each request without a body, whatever it asks for, and never closes first. For
 * machines without nginx, and like it one thread for all connections.
 */
final class PlainUpstream {

	private static final byte[] RESPONSE = """
			HTTP/1.1 200 OK\r
			Content-Type: text/plain\r
			Content-Length: %d\r
			\r
			%s""".formatted(UpstreamProcess.BODY.length(), UpstreamProcess.BODY).getBytes(StandardCharsets.US_ASCII);

	private static final byte[] END_OF_HEAD = { '\r', '\n', '\r', '\n' };

	private static final int BACKLOG = 4096;

	private final ByteBuffer requests = ByteBuffer.allocateDirect(8192);

	private final ByteBuffer response = ByteBuffer.allocateDirect(RESPONSE.length).put(RESPONSE);

	private PlainUpstream() {
	}

	/**
	 * Serve until the process is ended, and print the port first.
	 * @param args none
	 */
	public static void main(String[] args) throws IOException {
		try (Selector selector = Selector.open(); ServerSocketChannel server = ServerSocketChannel.open()) {
			server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
			server.configureBlocking(false);
			server.register(selector, SelectionKey.OP_ACCEPT);
			System.out.println(server.socket().getLocalPort());
			PlainUpstream upstream = new PlainUpstream();
			for (;;) {
				selector.select((key) -> upstream.serve(key, server));
			}
		}
	}

	private void serve(SelectionKey key, ServerSocketChannel server) {
		try {
			if (key.channel() == server) {
				accept(server, key.selector());
			}
			else {
				answer((SocketChannel) key.channel(), (Head) key.attachment());
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
			channel.register(selector, SelectionKey.OP_READ, new Head());
		}
	}

	private void answer(SocketChannel channel, Head head) throws IOException {
		int length = channel.read(this.requests.clear());
		if (length < 0) {
			channel.close();
			return;
		}
		this.requests.flip();
		while (this.requests.hasRemaining()) {
			if (head.ends(this.requests.get())) {
				write(channel);
			}
		}
	}

	private void write(SocketChannel channel) throws IOException {
		this.response.rewind();
		while (this.response.hasRemaining()) {
			channel.write(this.response);
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
	 * How far the end of a request's head has come.
	 */
	private static final class Head {

		private int matched;

		boolean ends(byte next) {
			if (next == END_OF_HEAD[this.matched]) {
				this.matched++;
			}
			else {
				this.matched = (next == END_OF_HEAD[0]) ? 1 : 0;
			}
			if (this.matched < END_OF_HEAD.length) {
				return false;
			}
			this.matched = 0;
			return true;
		}

	}

}
