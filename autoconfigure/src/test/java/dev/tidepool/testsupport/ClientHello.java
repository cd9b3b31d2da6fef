package dev.tidepool.testsupport;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a TLS client offers, read from the bytes of its first message (RFC 8446, 4.1.2).
 *
 * @param versions the versions of TLS, as 0x0303 for 1.2
 * @param cipherSuites the numbers of the cipher suites
 */
public record ClientHello(List<Integer> versions, List<Integer> cipherSuites) {

	private static final int HANDSHAKE = 22;

	private static final int CLIENT_HELLO = 1;

	private static final int SUPPORTED_VERSIONS = 43;

	/**
	 * Read it.
	 * @param in what the client sends
	 * @return what it offers
	 * @throws IOException if it sends something else
	 */
	public static ClientHello read(InputStream in) throws IOException {
		DataInputStream record = new DataInputStream(in);
		if (record.readUnsignedByte() != HANDSHAKE) {
			throw new IOException("No handshake");
		}
		record.readShort();
		byte[] bytes = record.readNBytes(record.readUnsignedShort());
		ByteBuffer message = ByteBuffer.wrap(bytes);
		int typeAndLength = message.getInt();
		if (typeAndLength >>> 24 != CLIENT_HELLO || (typeAndLength & 0xffffff) > message.remaining()) {
			throw new EOFException("No ClientHello, or not in one record");
		}
		return parse(message);
	}

	private static ClientHello parse(ByteBuffer message) {
		int version = unsigned(message.getShort());
		skip(message, 32);
		skip(message, unsigned(message.get()));
		List<Integer> cipherSuites = numbers(message, unsigned(message.getShort()));
		skip(message, unsigned(message.get()));
		List<Integer> versions = List.of(version);
		int end = unsigned(message.getShort()) + message.position();
		while (message.position() < end) {
			int type = unsigned(message.getShort());
			int length = unsigned(message.getShort());
			if (type == SUPPORTED_VERSIONS) {
				versions = numbers(message, unsigned(message.get()));
			}
			else {
				skip(message, length);
			}
		}
		return new ClientHello(versions, cipherSuites);
	}

	private static List<Integer> numbers(ByteBuffer message, int length) {
		List<Integer> numbers = new ArrayList<>();
		for (int i = 0; i < length; i += Short.BYTES) {
			numbers.add(unsigned(message.getShort()));
		}
		return List.copyOf(numbers);
	}

	private static void skip(ByteBuffer message, int length) {
		message.position(message.position() + length);
	}

	private static int unsigned(short value) {
		return Short.toUnsignedInt(value);
	}

	private static int unsigned(byte value) {
		return Byte.toUnsignedInt(value);
	}

}
