package dev.tidepool.async;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
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

	@Override
	public boolean readLine(CharArrayBuffer line, boolean endOfStream) throws IOException {
		int before = this.buffer.length();
		boolean complete;
		try {
			complete = this.buffer.readLine(line, endOfStream);
		}
		catch (MessageConstraintException ex) {
			throw this.lines.tooLong(ex);
		}
		if (complete) {
			this.lines.read(line, before - this.buffer.length());
		}
		else if (endOfStream) {
			this.lines.ended();
		}
		return complete;
	}

	@Override
	public boolean hasData() {
		return this.buffer.hasData();
	}

	@Override
	public int length() {
		return this.buffer.length();
	}

	@Override
	public int fill(ReadableByteChannel source) throws IOException {
		return this.buffer.fill(source);
	}

	@Override
	public int read() {
		return this.buffer.read();
	}

	@Override
	public int read(ByteBuffer target, int length) {
		return this.buffer.read(target, length);
	}

	@Override
	public int read(ByteBuffer target) {
		return this.buffer.read(target);
	}

	@Override
	public int read(WritableByteChannel target, int length) throws IOException {
		return this.buffer.read(target, length);
	}

	@Override
	public int read(WritableByteChannel target) throws IOException {
		return this.buffer.read(target);
	}

}
