package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.message.StatusLine;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.ResponseHeads;

/**
 * Reads the response heads on one connection, line by line into the same two buffers,
 * where HttpCore makes one for each header field.
 */
final class HeadParser {

	// Idle connections keep both buffers
	private static final int USUAL_LINE = 64;

	private final Http1Config config;

	private final ResponseHeads heads;

	private CharArrayBuffer line = new CharArrayBuffer(USUAL_LINE);

	private CharArrayBuffer next = new CharArrayBuffer(USUAL_LINE);

	/**
	 * Create a parser.
	 * @param config up to where it reads
	 * @param heads what it takes of that
	 */
	HeadParser(Http1Config config, ResponseHeads heads) {
		this.config = config;
		this.heads = heads;
	}

	/**
	 * Read a head.
	 * @param buffer what was taken from the socket already
	 * @param in the socket
	 * @return the response without its body, or {@code null} if the connection has ended
	 */
	@Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException, HttpException {
		if (!readStatusLine(buffer, in)) {
			return null;
		}
		StatusLine status = this.heads.parseStatusLine(this.line);
		ClassicHttpResponse response = new BasicClassicHttpResponse(status.getStatusCode(), status.getReasonPhrase());
		response.setVersion(status.getProtocolVersion());
		boolean more = readField(this.line, buffer, in);
		while (more) {
			more = readField(this.next, buffer, in);
			while (more && isFolded(this.next)) {
				unfold();
				more = readField(this.next, buffer, in);
			}
			response.addHeader(this.heads.parseHeader(this.line));
			CharArrayBuffer read = this.line;
			this.line = this.next;
			this.next = read;
		}
		this.line = usual(this.line);
		this.next = usual(this.next);
		return response;
	}

	private static CharArrayBuffer usual(CharArrayBuffer buffer) {
		return (buffer.capacity() <= 4 * USUAL_LINE) ? buffer : new CharArrayBuffer(USUAL_LINE);
	}

	// RFC 9112, 2.2: empty lines before it
	private boolean readStatusLine(SessionInputBuffer buffer, InputStream in) throws IOException {
		for (int i = 0; i < this.config.getMaxEmptyLineCount(); i++) {
			this.line.clear();
			if (buffer.readLine(this.line, in) < 0) {
				return false;
			}
			if (!this.line.isEmpty()) {
				return true;
			}
		}
		throw new MessageConstraintException("Maximum empty line limit exceeded");
	}

	private static boolean readField(CharArrayBuffer line, SessionInputBuffer buffer, InputStream in)
			throws IOException {
		line.clear();
		return buffer.readLine(line, in) >= 0 && !line.isEmpty();
	}

	private static boolean isFolded(CharArrayBuffer line) {
		return isBlank(line.charAt(0));
	}

	private static boolean isBlank(char sign) {
		return sign == ' ' || sign == '\t';
	}

	// RFC 9112, 5.2
	private void unfold() throws MessageConstraintException {
		int start = 0;
		while (start < this.next.length() && isBlank(this.next.charAt(start))) {
			start++;
		}
		int length = this.next.length() - start;
		if (this.line.length() + 1 + length > this.config.getMaxLineLength()) {
			throw new MessageConstraintException("Maximum line length limit exceeded");
		}
		this.line.append(' ');
		this.line.append(this.next, start, length);
	}

}
