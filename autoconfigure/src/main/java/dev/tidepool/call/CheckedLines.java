package dev.tidepool.call;

import java.io.IOException;

import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Looks at each line of a message before HttpCore does.
 */
public interface CheckedLines {

	/**
	 * A line was read.
	 * @param line the line, without its end
	 * @param bytes what was read for it, its end included: two more for CR and LF
	 * @throws IOException if it must not be there
	 */
	void read(CharArrayBuffer line, long bytes) throws IOException;

	/**
	 * The connection has ended where a line might have come.
	 */
	default void ended() {
	}

	/**
	 * A line has no end where it has to have one.
	 * @param ex what HttpCore says of that
	 * @return the exception to throw
	 */
	default IOException tooLong(MessageConstraintException ex) {
		return ex;
	}

}
