package dev.tidepool.testsupport;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * How a server that restarts, or a proxy that has nothing behind it, ends a TLS handshake
 * before its time.
 */
public enum HandshakeCut {

	CLOSED_AT_ONCE(false, false),

	RESET_AT_ONCE(false, true),

	CLOSED_AFTER_CLIENT_HELLO(true, false),

	RESET_AFTER_CLIENT_HELLO(true, true),

	CLOSED_WITHIN_SERVER_HELLO(true, false) {

		@Override
		byte[] answer(SSLContext context, ByteBuffer clientHello) throws SSLException {
			byte[] flight = flight(context, clientHello);
			int serverHello = RECORD_HEADER + ByteBuffer.wrap(flight).getShort(RECORD_HEADER - Short.BYTES);
			return Arrays.copyOf(flight, serverHello / 2);
		}

	},

	CLOSED_BEFORE_SERVER_FINISHED(true, false) {

		@Override
		byte[] answer(SSLContext context, ByteBuffer clientHello) throws SSLException {
			byte[] flight = flight(context, clientHello);
			return Arrays.copyOf(flight, flight.length - 1);
		}

	},

	/**
	 * With the alerts that say no more than that the server goes away (RFC 8446, 6.1), as
	 * Java's do.
	 */
	CANCELLED(true, false) {

		@Override
		byte[] answer(SSLContext context, ByteBuffer clientHello) {
			return new byte[] { 21, 3, 3, 0, 2, 1, USER_CANCELED, 21, 3, 3, 0, 2, 1, CLOSE_NOTIFY };
		}

	},

	/**
	 * With the alert alone that says that nothing more will come.
	 */
	CLOSED_IN_ORDER(true, false) {

		@Override
		byte[] answer(SSLContext context, ByteBuffer clientHello) {
			return new byte[] { 21, 3, 3, 0, 2, 1, CLOSE_NOTIFY };
		}

	};

	private static final byte CLOSE_NOTIFY = 0;

	private static final byte USER_CANCELED = 90;

	private static final int RECORD_HEADER = 5;

	private final boolean reads;

	private final boolean resets;

	HandshakeCut(boolean reads, boolean resets) {
		this.reads = reads;
		this.resets = resets;
	}

	byte[] answer(SSLContext context, ByteBuffer clientHello) throws SSLException {
		return new byte[0];
	}

	/**
	 * Do so with a connection.
	 * @param socket what was accepted
	 * @param context the key material of the server that it would have reached
	 */
	void cut(Socket socket, SSLContext context) throws IOException {
		try (socket) {
			if (this.reads) {
				socket.setSoTimeout(10_000);
				ByteBuffer clientHello = ByteBuffer.wrap(record(new DataInputStream(socket.getInputStream())));
				socket.getOutputStream().write(answer(context, clientHello));
			}
			if (this.resets) {
				socket.setSoLinger(true, 0);
			}
		}
	}

	private static byte[] record(DataInputStream in) throws IOException {
		byte[] header = in.readNBytes(RECORD_HEADER);
		int length = ByteBuffer.wrap(header).getShort(RECORD_HEADER - Short.BYTES);
		byte[] record = Arrays.copyOf(header, RECORD_HEADER + length);
		in.readFully(record, RECORD_HEADER, length);
		return record;
	}

	// All that the server sends before it waits for the client again
	private static byte[] flight(SSLContext context, ByteBuffer clientHello) throws SSLException {
		SSLEngine engine = context.createSSLEngine();
		engine.setUseClientMode(false);
		engine.unwrap(clientHello, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
		ByteBuffer flight = ByteBuffer.allocate(4 * engine.getSession().getPacketBufferSize());
		while (engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP) {
			for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
				task.run();
			}
			engine.wrap(ByteBuffer.allocate(0), flight);
		}
		return Arrays.copyOf(flight.array(), flight.position());
	}

}
