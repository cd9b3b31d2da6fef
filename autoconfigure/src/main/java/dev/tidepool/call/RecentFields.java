package dev.tidepool.call;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of the latest response on a connection. The next one mostly has the
 * same in the same places, but for the date: what came before need not be checked and
 * copied again. Fields never change, so that responses can share them.
 */
final class RecentFields {

	private static final int MAX_COUNT = 16;

	private static final int MAX_LENGTH = 128;

	private final @Nullable Header[] fields = new Header[MAX_COUNT];

	/**
	 * Find a field that came before.
	 * @param place its place in the head, from 0
	 * @param line as it was read
	 * @return the field, or {@code null} if there was another one at that place
	 */
	@Nullable Header find(int place, CharArrayBuffer line) {
		Header field = (place < MAX_COUNT) ? this.fields[place] : null;
		return (field != null && isSame(field, line)) ? field : null;
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
	 * @param place its place in the head, from 0
	 * @param field the field
	 */
	void keep(int place, Header field) {
		if (place < MAX_COUNT) {
			boolean small = field.getName().length() + field.getValue().length() <= MAX_LENGTH;
			this.fields[place] = small ? field : null;
		}
	}

}
