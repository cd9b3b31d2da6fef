package dev.tidepool.call;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.AdmissionGate;
import dev.tidepool.connection.Upstream;

/**
 * What this process ran out of, so that a connection could not be made whatever the
 * upstream does. Idle connections of the pool hold both, and can be given up for it.
 */
public enum Exhaustion {

	/**
	 * File descriptors (EMFILE, ENFILE). Nothing can be opened, and no name be resolved.
	 */
	DESCRIPTORS("No file descriptor is left to connect to upstream %s: the limit of open files is reached. "
			+ "Raise it (ulimit -n, LimitNOFILE), or lower tidepool.pool.max-total, which is %d, with %d in use"),

	/**
	 * Local ports (EADDRNOTAVAIL): each connection takes one, also for a while after it
	 * was closed from here.
	 */
	PORTS("No local port is left to connect to upstream %s. Widen their range (net.ipv4.ip_local_port_range), find "
			+ "out what opens and closes so many connections, or lower tidepool.pool.max-total, which is %d, with %d in use");

	/**
	 * Idle connections that are given up for one that is needed: others are about to need
	 * one too.
	 */
	public static final int GIVEN_UP_AT_ONCE = 10;

	private static final String NO_DESCRIPTOR = "Too many open files";

	private final String message;

	Exhaustion(String message) {
		this.message = message;
	}

	/**
	 * Read why connecting failed.
	 * @param ex the reason
	 * @return what there is no more of, or {@code null} if that is not the reason
	 */
	public static @Nullable Exhaustion of(IOException ex) {
		if (ex instanceof BindException) {
			return PORTS;
		}
		if (isNoDescriptor(ex)) {
			return DESCRIPTORS;
		}
		// The system's message is in the system's language, and a resolver hides it
		boolean unclear = ex.getClass() == SocketException.class || ex instanceof UnknownHostException;
		return (unclear && !canOpen()) ? DESCRIPTORS : null;
	}

	/**
	 * What connecting to an address failed with. Linux says of an address of a family
	 * that this machine does not have what it says when no local port is left,
	 * EADDRNOTAVAIL, or ENETUNREACH, for which the JDK has no exception of its own. UDP
	 * has ports of its own, and is connected without a packet.
	 * @param ex what it looked like
	 * @param address the address
	 * @return the same, unless there is no way to the address
	 */
	public static Exception unlessUnreachable(Exception ex, InetSocketAddress address) {
		boolean unclear = ex instanceof BindException || ex.getClass() == SocketException.class
				|| ex instanceof UnsupportedAddressTypeException;
		if (!unclear || isReachable(address)) {
			return ex;
		}
		NoRouteToHostException unreachable = new NoRouteToHostException(
				"There is no way from this machine to " + address.getAddress().getHostAddress());
		unreachable.initCause(ex);
		return unreachable;
	}

	private static boolean isReachable(InetSocketAddress address) {
		try (DatagramChannel channel = DatagramChannel.open()) {
			return canConnect(channel, address);
		}
		catch (IOException ex) {
			// Without a descriptor nobody can tell
			return true;
		}
	}

	private static boolean canConnect(DatagramChannel channel, InetSocketAddress address) {
		try {
			channel.connect(address);
			return true;
		}
		catch (IOException | RuntimeException ex) {
			return false;
		}
	}

	private static boolean isNoDescriptor(IOException ex) {
		return ex.getMessage() != null && ex.getMessage().contains(NO_DESCRIPTOR);
	}

	private static boolean canOpen() {
		try {
			SocketChannel.open().close();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	public ConnectException describe(Upstream upstream, AdmissionGate gate, IOException cause) {
		ConnectException described = new ConnectException(
				this.message.formatted(upstream, gate.maxTotal(), gate.active()));
		described.initCause(cause);
		return described;
	}

}
