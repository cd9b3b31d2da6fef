package dev.tidepool.connection;

/**
 * What a record can ask of its connection, whichever client it belongs to.
 */
public interface ConnectionProbe {

	/**
	 * Whose connection it is.
	 * @return the client, the same for as long as the connection lives
	 */
	ClientKind kind();

	/**
	 * Look whether the connection is alive, with nothing unasked waiting. Must not run
	 * while a caller reads from it: the record sees to that. Takes microseconds.
	 * @return what was seen
	 */
	Look look();

	/**
	 * A cheaper look, by one system call, which tells whether bytes are waiting but not
	 * whether the peer closed.
	 * @return whether nothing is waiting
	 */
	boolean isQuiet();

	/**
	 * Bytes that were read, without asking the socket, and belong to no response.
	 * @return whether there are any
	 */
	boolean hasUnaskedBytes();

	/**
	 * Whether a caller has dropped the response without closing it, so that nobody can
	 * give the connection back any more.
	 * @return whether it is lost to its caller
	 */
	boolean isAbandoned();

	/**
	 * Give an abandoned connection back in its caller's stead.
	 */
	void reclaim();

	/**
	 * Close in order, with FIN or close_notify, a connection that nobody uses. Waits for
	 * nothing: where close_notify could not be written at once, it is reset.
	 */
	void closeInOrder();

	/**
	 * Close with a reset, so that descriptor and local port are free at once. Waits for
	 * nothing.
	 */
	void reset();

	/**
	 * Bytes that went either way.
	 * @return sent and received together
	 */
	long bytes();

	/**
	 * What a look saw.
	 */
	enum Look {

		/**
		 * It is open, and quiet.
		 */
		ALIVE,

		/**
		 * The peer closed or reset it.
		 */
		CLOSED,

		/**
		 * The peer sent what nobody asked for.
		 */
		UNASKED_BYTES

	}

}
