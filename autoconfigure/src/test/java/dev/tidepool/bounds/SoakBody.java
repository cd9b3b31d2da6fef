package dev.tidepool.bounds;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bodies of which each sixteen bytes say whose they are.
 */
public final class SoakBody {

	private static final int BLOCK = 16;

	private SoakBody() {
	}

	/**
	 * Make a body.
	 * @param call the number of the call that it belongs to
	 * @param size in bytes
	 * @return the body
	 */
	public static byte[] of(int call, int size) {
		byte[] body = new byte[size];
		byte[] block = new byte[BLOCK];
		Arrays.fill(block, (byte) '0');
		int digits = call;
		for (int i = BLOCK - 2; digits > 0; i--, digits /= 10) {
			block[i] = (byte) ('0' + digits % 10);
		}
		block[BLOCK - 1] = '\n';
		System.arraycopy(block, 0, body, 0, Math.min(BLOCK, size));
		for (int filled = BLOCK; filled < size; filled *= 2) {
			System.arraycopy(body, 0, body, filled, Math.min(filled, size - filled));
		}
		return body;
	}

	/**
	 * Whether what was read is the start of the body of a call.
	 * @param read what was read
	 * @param call the number of the call
	 * @return whether it is
	 */
	public static boolean isStartOf(byte[] read, int call) {
		return Arrays.equals(read, of(call, read.length));
	}

	/**
	 * Show what was read where it should have been something else.
	 * @param read what was read
	 * @return its start
	 */
	public static String show(byte[] read) {
		return "%d bytes: %s".formatted(read.length,
				new String(read, 0, Math.min(3 * BLOCK, read.length), StandardCharsets.ISO_8859_1));
	}

}
