package dev.tidepool.async;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

/**
 * Looks whether anything waits on a socket of a TLS connection, without reading it: what
 * is read belongs to the TLS engine. It may be no more than a session ticket, but then a
 * fresh connection is all that a mistake costs.
 */
final class TlsLook implements AutoCloseable {

	private @Nullable Selector selector;

	private boolean closed;

	/**
	 * Look at a socket that does not block.
	 * @param channel the socket
	 * @return whether nothing can be read, neither bytes nor an end
	 */
	synchronized boolean isQuiet(SocketChannel channel) throws IOException {
		if (this.closed) {
			return false;
		}
		Selector selector = this.selector;
		if (selector == null) {
			selector = Selector.open();
			this.selector = selector;
		}
		SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
		try {
			return selector.selectNow() == 0;
		}
		finally {
			key.cancel();
			selector.selectNow();
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		try {
			if (this.selector != null) {
				this.selector.close();
			}
		}
		catch (IOException ex) {
			// Nothing more can be done about it
		}
	}

}
