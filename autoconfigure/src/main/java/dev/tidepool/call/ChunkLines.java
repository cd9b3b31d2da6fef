package dev.tidepool.call;

import java.io.IOException;

import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.util.CharArrayBuffer;

import dev.tidepool.policy.UpstreamSettings;

/**
 * The lines of a chunked body (RFC 9112, 7.1): a size before each chunk, nothing behind
 * it, and trailer fields after the last. HttpCore takes signs and blanks before a size,
 * any name of a trailer, and extensions without end.
 */
public final class ChunkLines implements CheckedLines {

	// What may come beside the body for each byte of it: a chunk of one byte takes five
	private static final int MAX_OVERHEAD = 16;

	private static final int FREE_OVERHEAD = 16 * 1024;

	private static final int CRLF = 2;

	// Not more than a long has
	private static final int MAX_DIGITS = 15;

	private final UpstreamSettings settings;

	private final Runnable onEnd;

	private Expected expected = Expected.SIZE;

	private long data;

	private long overhead;

	private int trailers;

	ChunkLines(UpstreamSettings settings, Runnable onEnd) {
		this.settings = settings;
		this.onEnd = onEnd;
	}

	@Override
	public void ended() {
		this.onEnd.run();
	}

	@Override
	public void read(CharArrayBuffer line, long bytes) throws IOException {
		if (bytes != line.length() + CRLF) {
			throw new MalformedChunkCodingException("A line of a chunked body does not end with CR and LF");
		}
		if (line.length() > this.settings.limits().maxLineLength()) {
			throw tooLong();
		}
		switch (this.expected) {
			case SIZE -> size(line);
			case END_OF_CHUNK -> {
				if (!line.isEmpty()) {
					throw new MalformedChunkCodingException("A chunk is longer than its size");
				}
				this.expected = Expected.SIZE;
			}
			case TRAILER -> trailer(line);
		}
	}

	@Override
	public IOException tooLong(MessageConstraintException ex) {
		IOException tooLong = tooLong();
		tooLong.initCause(ex);
		return tooLong;
	}

	private IOException tooLong() {
		return new MalformedChunkCodingException("A chunked body has a line of more than %d bytes (%s)"
			.formatted(this.settings.limits().maxLineLength(), this.settings.property("response.max-line-length")));
	}

	private void size(CharArrayBuffer line) throws IOException {
		long size = 0;
		int digits = 0;
		for (int digit; digits < line.length() && (digit = hex(line.charAt(digits))) >= 0; digits++) {
			size = size * 16 + digit;
			if (digits == MAX_DIGITS) {
				throw malformed();
			}
		}
		if (digits == 0 || !mayFollowSize(line, digits)) {
			throw malformed();
		}
		this.data += size;
		this.overhead += line.length();
		if (this.data < 0 || this.overhead - FREE_OVERHEAD > this.data * MAX_OVERHEAD) {
			throw new MalformedChunkCodingException(
					"The chunk extensions of a body are more than %d times as long as the body"
						.formatted(MAX_OVERHEAD));
		}
		this.expected = (size > 0) ? Expected.END_OF_CHUNK : Expected.TRAILER;
	}

	// Blanks, as some pad it, and an extension
	private static boolean mayFollowSize(CharArrayBuffer line, int from) {
		boolean extension = false;
		for (int i = from; i < line.length(); i++) {
			char sign = line.charAt(i);
			extension |= sign == ';';
			boolean blank = sign == ' ' || sign == '\t';
			if ((!extension && !blank) || (sign < ' ' && !blank)) {
				return false;
			}
		}
		return true;
	}

	private static int hex(char sign) {
		return (sign < 128) ? Character.digit(sign, 16) : -1;
	}

	private static MalformedChunkCodingException malformed() {
		return new MalformedChunkCodingException("A chunk has no valid size");
	}

	private void trailer(CharArrayBuffer line) throws IOException {
		boolean folded = !line.isEmpty() && (line.charAt(0) == ' ' || line.charAt(0) == '\t') && this.trailers > 0;
		if (line.isEmpty() || folded) {
			return;
		}
		if (!ResponseHeads.isField(line)) {
			throw new MalformedChunkCodingException("A trailer field of a body is malformed");
		}
		if (++this.trailers > this.settings.limits().maxHeaderCount()) {
			throw new MalformedChunkCodingException("A body has more than %d trailer fields (%s)".formatted(
					this.settings.limits().maxHeaderCount(), this.settings.property("response.max-header-count")));
		}
	}

	private enum Expected {

		SIZE, END_OF_CHUNK, TRAILER

	}

}
