package dev.tidepool.classic;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * A request body that has to be as long as its {@code Content-Length} says, which is a
 * header that the caller may have set. HttpClient drops what is too much, and does not
 * see what is missing: the upstream would take the next request for the rest of it.
 */
final class MeasuredBody extends HttpEntityWrapper {

	private final Runnable onFailure;

	/**
	 * Create a body.
	 * @param body the body
	 * @param onFailure run if it is cut short, before HttpClient writes what it holds
	 */
	MeasuredBody(HttpEntity body, Runnable onFailure) {
		super(body);
		this.onFailure = onFailure;
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		Measured measured = new Measured(out, getContentLength());
		boolean complete = false;
		try {
			super.writeTo(measured);
			measured.requireNothingMissing();
			complete = true;
		}
		finally {
			if (!complete) {
				this.onFailure.run();
			}
		}
	}

	private static final class Measured extends FilterOutputStream {

		private final long length;

		private long written;

		Measured(OutputStream out, long length) {
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
				throw new IOException(
						"The request body is longer than the %d bytes that it was to have (Content-Length)"
							.formatted(this.length));
			}
			this.written += count;
		}

		void requireNothingMissing() throws IOException {
			if (this.written < this.length) {
				throw new IOException("The request body ended after %d bytes, and was to have %d (Content-Length)"
					.formatted(this.written, this.length));
			}
		}

	}

}
