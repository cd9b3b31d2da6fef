package dev.tidepool.classic;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks whether a few bytes can be written to a connection without a wait.
 */
final class Writability implements AutoCloseable {

	// A selector is not for several threads at once: what is registered with it stays
	// non-blocking until it was deregistered
	private final ReentrantLock lock = new ReentrantLock();

	private final Selector selector;

	Writability() {
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

	/**
	 * Look whether a few bytes can be written without a wait.
	 * @param channel a channel that nobody else uses
	 * @return whether they can
	 */
	boolean isWritable(SocketChannel channel) {
		try {
			return isReady(channel);
		}
		catch (IOException | IllegalStateException ex) {
			// Closed, be it the selector at the end
			return false;
		}
	}

	private boolean isReady(SocketChannel channel) throws IOException {
		this.lock.lock();
		try {
			channel.configureBlocking(false);
			SelectionKey key = channel.register(this.selector, SelectionKey.OP_WRITE);
			try {
				this.selector.selectNow();
				return key.isValid() && key.isWritable();
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
