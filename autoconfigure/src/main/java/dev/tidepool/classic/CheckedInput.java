package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;

import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

import dev.tidepool.call.CheckedLines;

/**
 * The input buffer of a connection, whose lines are checked as they are read.
 */
final class CheckedInput implements SessionInputBuffer {

	private final SessionInputBuffer buffer;

	private final CheckedLines lines;

	CheckedInput(SessionInputBuffer buffer, CheckedLines lines) {
		this.buffer = buffer;
		this.lines = lines;
	}

	SessionInputBuffer buffer() {
		return this.buffer;
	}

	@Override
	public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
		long before = consumed();
		int read;
		try {
			read = this.buffer.readLine(line, in);
		}
		catch (MessageConstraintException ex) {
			throw this.lines.tooLong(ex);
		}
		if (read >= 0) {
			this.lines.read(line, consumed() - before);
		}
		else {
			this.lines.ended();
		}
		return read;
	}

	private long consumed() {
		return this.buffer.getMetrics().getBytesTransferred() - this.buffer.length();
	}

	@Override
	public int length() {
		return this.buffer.length();
	}

	@Override
	public int capacity() {
		return this.buffer.capacity();
	}

	@Override
	public int available() {
		return this.buffer.available();
	}

	@Override
	public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
		return this.buffer.read(bytes, offset, length, in);
	}

	@Override
	public int read(byte[] bytes, InputStream in) throws IOException {
		return this.buffer.read(bytes, in);
	}

	@Override
	public int read(InputStream in) throws IOException {
		return this.buffer.read(in);
	}

	@Override
	public HttpTransportMetrics getMetrics() {
		return this.buffer.getMetrics();
	}

}
