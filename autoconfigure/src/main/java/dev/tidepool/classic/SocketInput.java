package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
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

	Look look(IdleLook idleLook) {
		Socket socket = this.socket.get();
		SocketChannel channel = this.channel;
		if (socket == null || channel == null || !channel.isOpen()) {
			return Look.CLOSED;
		}
		return hasUnaskedBytes() ? Look.UNASKED_BYTES : idleLook.look(socket, channel);
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
