package dev.tidepool.call;

import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Where a response head ends. HttpCore's parsers take the end of the connection for the
 * empty line that ends a head.
 */
public final class LineEnds implements CheckedLines {

	private boolean within;

	@Override
	public void read(CharArrayBuffer line, long bytes) {
		this.within = !line.isEmpty();
	}

	/**
	 * Whether a head has begun that has not ended.
	 * @return whether its empty line is missing
	 */
	boolean isWithin() {
		return this.within;
	}

}
