package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ssl.SSLSocket;

import dev.tidepool.connection.ConnectionProbe.Look;

/**
 * Looks whether an idle connection is alive, with nothing unasked waiting, in
 * microseconds and without a wait: on a plain socket by a read that does not block, on
 * TLS by asking whether anything can be read, and only then letting the SSLSocket read,
 * since what waits there may be session tickets of TLS 1.3, which prove nothing.
 */
final class IdleLook implements AutoCloseable {

	private static final int TLS_READ_MILLIS = 1;

	// A selector is not for several threads at once: what is registered with it stays
	// non-blocking until it was deregistered
	private final ReentrantLock lock = new ReentrantLock();

	private final Selector selector;

	IdleLook() {
		try {
			this.selector = Selector.open();
			// The JDK takes a descriptor when it first closes a channel; were there none
			// left by then, no channel could ever be closed (FileDispatcherImpl's class
			// initializer)
			SocketChannel.open().close();
		}
		catch (IOException ex) {
			throw new IllegalStateException("No selector can be opened to look at idle connections", ex);
		}
	}

	Look look(Socket socket, SocketChannel channel) {
		try {
			return (socket instanceof SSLSocket tls) ? lookAtTls(tls, channel) : lookAtPlain(channel);
		}
		catch (IOException ex) {
			return Look.CLOSED;
		}
	}

	private static Look lookAtPlain(SocketChannel channel) throws IOException {
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

	private Look lookAtTls(SSLSocket socket, SocketChannel channel) throws IOException {
		if (!isReady(channel, SelectionKey.OP_READ)) {
			return Look.ALIVE;
		}
		int timeout = socket.getSoTimeout();
		socket.setSoTimeout(TLS_READ_MILLIS);
		try {
			InputStream in = socket.getInputStream();
			return (in.read() < 0) ? Look.CLOSED : Look.UNASKED_BYTES;
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
	 * Look whether a few bytes can be written without a wait.
	 * @param channel a channel that nobody else uses
	 * @return whether they can
	 */
	boolean isWritable(SocketChannel channel) {
		try {
			return isReady(channel, SelectionKey.OP_WRITE);
		}
		catch (IOException | IllegalStateException ex) {
			// Closed, be it the selector at the end
			return false;
		}
	}

	private boolean isReady(SocketChannel channel, int operation) throws IOException {
		this.lock.lock();
		try {
			channel.configureBlocking(false);
			SelectionKey key = channel.register(this.selector, operation);
			try {
				this.selector.selectNow();
				return key.isValid() && (key.readyOps() & operation) != 0;
			}
			finally {
				key.cancel();
				// Deregisters, without which the channel cannot block again
				this.selector.selectNow();
				this.selector.selectedKeys().clear();
				channel.configureBlocking(true);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		try {
			this.selector.close();
		}
		catch (IOException ex) {
			// Nothing is registered with it
		}
	}

}
