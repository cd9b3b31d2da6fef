package dev.tidepool.call;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;

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
