package dev.tidepool.classic;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.DeadlineWatch;

/**
 * A request body on its way out, which an {@link EarlyResponse} may end. A body that is
 * cut short never looks complete: the connection writes nothing after it, not the last
 * chunk either, which HttpClient would write (RFC 9112, 8).
 */
final class RequestBody extends HttpEntityWrapper {

	private static final int PIECE = 128 * 1024;

	private final RecordedConnection connection;

	private final boolean measured;

	private final EarlyResponse response;

	private volatile long written;

	private volatile @Nullable IOException failure;

	/**
	 * Create a body, and listen for the response from now on.
	 * @param body the body
	 * @param measured whether it has to be as long as it says
	 * @param connection what it is written to
	 * @param watch looks for the response
	 */
	RequestBody(HttpEntity body, boolean measured, RecordedConnection connection, DeadlineWatch watch) {
		super(body);
		this.connection = connection;
		this.measured = measured;
		this.response = new EarlyResponse(connection, watch, () -> this.written);
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		boolean complete = false;
		try {
			write(new Output(out));
			complete = true;
		}
		finally {
			if (!complete) {
				if (isCutShort()) {
					this.connection.endOutput();
				}
				else {
					this.connection.giveUp(CloseReason.ERROR);
				}
			}
		}
	}

	private void write(Output out) throws IOException {
		if (this.measured) {
			MeasuredOutput measured = new MeasuredOutput(out, getContentLength());
			super.writeTo(measured);
			measured.requireNothingMissing();
		}
		else {
			super.writeTo(out);
		}
	}

	/**
	 * Whether no more of it can be written, but there may be a response all the same: one
	 * that ended it, or that came before the connection was reset.
	 * @return whether it is worth reading on
	 */
	boolean isCutShort() {
		return this.response.endsBody() || (this.failure != null && this.connection.isOpen());
	}

	/**
	 * It was written, or cut short. What is read from now on is its caller's to read.
	 */
	void ends() {
		this.response.bodyEnds();
	}

	/**
	 * The next response head.
	 * @return the head
	 */
	ClassicHttpResponse receive() throws IOException, HttpException {
		return this.response.receive(this.failure);
	}

	/**
	 * What the body is written to.
	 */
	private final class Output extends OutputStream {

		private final OutputStream out;

		Output(OutputStream out) {
			this.out = out;
		}

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			int end = offset + length;
			for (int from = offset; from < end; from += PIECE) {
				int size = Math.min(PIECE, end - from);
				if (RequestBody.this.response.endsBody()) {
					throw new SocketException("The upstream has answered before the end of the request");
				}
				try {
					this.out.write(bytes, from, size);
				}
				catch (IOException ex) {
					throw failed(ex);
				}
				// Written by one thread
				RequestBody.this.written = RequestBody.this.written + size;
			}
		}

		@Override
		public void flush() throws IOException {
			try {
				this.out.flush();
			}
			catch (IOException ex) {
				throw failed(ex);
			}
		}

		@Override
		public void close() throws IOException {
			if (RequestBody.this.isCutShort()) {
				return;
			}
			try {
				this.out.close();
			}
			catch (IOException ex) {
				throw failed(ex);
			}
		}

		private IOException failed(IOException ex) {
			RequestBody.this.failure = ex;
			return ex;
		}

	}

}
