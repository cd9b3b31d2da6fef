package dev.tidepool.call;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Header fields that came of late, on whatever connection. Responses mostly have the same
 * as those before, but for the date: what came before need not be checked and copied
 * again. Fields never change, so that responses can share them, and threads may see each
 * other's or not. A table for all connections, and no larger with more of them.
 */
final class RecentFields {

	// A power of two
	private static final int PLACES = 256;

	private static final int MAX_LENGTH = 128;

	private final @Nullable Header[] fields = new Header[PLACES];

	/**
	 * Find a field that came before.
	 * @param line as it was read
	 * @return the field, or {@code null} if it is not known any more
	 */
	@Nullable Header find(CharArrayBuffer line) {
		Header field = this.fields[place(line)];
		return (field != null && isSame(field, line)) ? field : null;
	}

	// A date is to take the place of the one before it, so its end does not count for
	// much
	private static int place(CharArrayBuffer line) {
		char[] signs = line.array();
		int length = line.length();
		if (length == 0) {
			return 0;
		}
		int hash = 31 * (31 * (31 * length + signs[0]) + signs[length / 2]) + signs[length - 1];
		return (hash ^ (hash >>> 8)) & (PLACES - 1);
	}

	// As nearly all write it, with one space
	private static boolean isSame(Header field, CharArrayBuffer line) {
		String name = field.getName();
		String value = field.getValue();
		int start = name.length() + 2;
		return line.length() == start + value.length() && line.charAt(start - 2) == ':' && line.charAt(start - 1) == ' '
				&& has(line, 0, name) && has(line, start, value);
	}

	static boolean has(CharArrayBuffer line, int from, String text) {
		char[] signs = line.array();
		for (int i = 0; i < text.length(); i++) {
			if (signs[from + i] != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Keep a field for the next response.
	 * @param line as it was read
	 * @param field the field
	 */
	void keep(CharArrayBuffer line, Header field) {
		if (line.length() <= MAX_LENGTH) {
			this.fields[place(line)] = field;
		}
	}

}
