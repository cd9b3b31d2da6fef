package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;

import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectionProbe.Look;

/**
 * What has come on a connection that nobody has read: in HttpClient's buffer, decrypted,
 * or at the socket. Found out without a wait.
 */
final class SocketInput {

	private static final int TLS_READ_MILLIS = 1;

	private final Supplier<@Nullable Socket> socket;

	private final ResponseParser parser;

	private volatile @Nullable SocketChannel channel;

	private volatile @Nullable InputStream in;

	/**
	 * Create an input.
	 * @param socket the socket that is read, which is that of TLS if there is TLS
	 * @param parser what reads it
	 */
	SocketInput(Supplier<@Nullable Socket> socket, ResponseParser parser) {
		this.socket = socket;
		this.parser = parser;
	}

	void bind(Socket socket) {
		this.channel = socket.getChannel();
	}

	void connected() throws IOException {
		SocketChannel channel = this.channel;
		this.in = (channel != null) ? channel.socket().getInputStream() : null;
	}

	@Nullable SocketChannel channel() {
		return this.channel;
	}

	/**
	 * Look whether the connection is alive, in microseconds: by a read that does not
	 * block, unless on TLS something waits. That is the SSLSocket's to read, and may be a
	 * session ticket of TLS 1.3, which proves nothing.
	 * @return what was seen
	 */
	Look look() {
		Socket socket = this.socket.get();
		SocketChannel channel = this.channel;
		if (socket == null || channel == null || !channel.isOpen()) {
			return Look.CLOSED;
		}
		if (hasUnaskedBytes()) {
			return Look.UNASKED_BYTES;
		}
		try {
			return (socket instanceof SSLSocket tls && hasBytes()) ? readTls(tls) : readByte(channel);
		}
		catch (IOException ex) {
			return Look.CLOSED;
		}
	}

	// What comes to TLS only now is lost, and the connection with it
	private static Look readByte(SocketChannel channel) throws IOException {
		int read;
		channel.configureBlocking(false);
		try {
			read = channel.read(ByteBuffer.allocate(1));
		}
		finally {
			channel.configureBlocking(true);
		}
		return (read == 0) ? Look.ALIVE : (read < 0) ? Look.CLOSED : Look.UNASKED_BYTES;
	}

	private static Look readTls(SSLSocket socket) throws IOException {
		int timeout = socket.getSoTimeout();
		socket.setSoTimeout(TLS_READ_MILLIS);
		try {
			return (socket.getInputStream().read() < 0) ? Look.CLOSED : Look.UNASKED_BYTES;
		}
		catch (SocketTimeoutException ex) {
			// Tickets were all that there was
			return Look.ALIVE;
		}
		finally {
			socket.setSoTimeout(timeout);
		}
	}

	/**
	 * Whether nothing has come. Does not tell whether the peer closed.
	 * @return whether there is nothing
	 */
	boolean isQuiet() {
		InputStream in = this.in;
		try {
			return !hasUnaskedBytes() && in != null && in.available() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Whether bytes of a peer have been taken from the socket already.
	 * @return whether there are any
	 */
	boolean hasUnaskedBytes() {
		if (this.parser.hasBytes()) {
			return true;
		}
		try {
			// Decrypted already, so that the socket would not show them
			return this.socket.get() instanceof SSLSocket socket && socket.getInputStream().available() > 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Whether something waits at the socket, be it no more than a session ticket.
	 * @return whether there is
	 */
	boolean hasBytes() {
		InputStream in = this.in;
		try {
			return in != null && in.available() > 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
