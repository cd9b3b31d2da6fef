package dev.tidepool.call;

import java.io.IOException;

import org.apache.hc.client5.http.HttpRoute;

import dev.tidepool.connection.ClientKind;

/**
 * Connects before anybody calls, for one of the clients. A connection that is made so
 * passes the gate like a call's, but neither waits there nor has others make room for it.
 */
public interface ConnectAhead {

	/**
	 * Whose connections they are.
	 * @return the client that alone can use them
	 */
	ClientKind kind();

	/**
	 * Make one more idle connection. Blocks until it is there, at the longest for the
	 * time-outs of connect and handshake.
	 * @param route the way to its upstream
	 * @param call on whose behalf
	 * @return whether there was room for it
	 * @throws IOException if it could not be connected, or the thread was interrupted,
	 * whose interrupt is kept
	 */
	boolean connect(HttpRoute route, Call call) throws IOException;

}
