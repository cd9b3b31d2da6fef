package dev.tidepool.call;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The addresses of a name, which are tried one after the other until one gives a
 * connection. Those that failed of late come last.
 */
public final class Addresses {

	private final FailedAddresses failedAddresses;

	private final List<InetSocketAddress> all;

	private int index;

	private @Nullable IOException first;

	/**
	 * Put the addresses of a name in the order in which they are to be tried.
	 * @param found all of them, as they were resolved
	 * @param failedAddresses what is known of them
	 */
	public Addresses(List<InetSocketAddress> found, FailedAddresses failedAddresses) {
		this.failedAddresses = failedAddresses;
		this.all = failedAddresses.last(found);
	}

	public List<InetSocketAddress> all() {
		return this.all;
	}

	/**
	 * The address whose turn it is.
	 * @return the address
	 */
	public InetSocketAddress current() {
		return this.all.get(this.index);
	}

	/**
	 * The time for the address whose turn it is, which leaves as much to each that
	 * follows.
	 * @param left the time for all of them
	 * @return its share
	 */
	public long share(long left) {
		return left / (this.all.size() - this.index);
	}

	public boolean isLast() {
		return this.index == this.all.size() - 1;
	}

	/**
	 * It is the turn of the next address.
	 * @param failure what the current one failed with
	 */
	public void next(IOException failure) {
		if (this.first == null) {
			this.first = failure;
		}
		this.index++;
	}

	/**
	 * The current address gave a connection.
	 */
	public void isConnected() {
		this.failedAddresses.connected(current());
	}

	/**
	 * The current address was refused, unreachable, or too slow.
	 */
	public void isLost() {
		this.failedAddresses.failed(current(), this.all);
	}

	/**
	 * Which of the failures tells most: not that of an address that there is no way to,
	 * or for which no port was left.
	 * @param last that of the last address
	 * @return the one to throw
	 */
	IOException mostTelling(IOException last) {
		return (this.first != null && (last instanceof BindException || last instanceof NoRouteToHostException))
				? this.first : last;
	}

}
