package dev.tidepool.classic;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What a request body is written to that has to be as long as its {@code Content-Length}
 * says, which is a header that the caller may have set. HttpClient drops what is too
 * much, and does not see what is missing: the upstream would take the next request for
 * the rest of it.
 */
final class MeasuredOutput extends FilterOutputStream {

	private final long length;

	private long written;

	/**
	 * Create an output.
	 * @param out where the body goes
	 * @param length how long it has to be
	 */
	MeasuredOutput(OutputStream out, long length) {
		super(out);
		this.length = length;
	}

	@Override
	public void write(int b) throws IOException {
		count(1);
		this.out.write(b);
	}

	@Override
	public void write(byte[] bytes, int offset, int count) throws IOException {
		count(count);
		this.out.write(bytes, offset, count);
	}

	private void count(int count) throws IOException {
		if (count > this.length - this.written) {
			throw new IOException("The request body is longer than the %d bytes that it was to have (Content-Length)"
				.formatted(this.length));
		}
		this.written += count;
	}

	/**
	 * The body is at its end.
	 * @throws IOException if it is too short
	 */
	void requireNothingMissing() throws IOException {
		if (this.written < this.length) {
			throw new IOException("The request body ended after %d bytes, and was to have %d (Content-Length)"
				.formatted(this.written, this.length));
		}
	}

}
