package dev.tidepool.classic;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.Alarm;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.DeadlineWatch;

/**
 * A request body on its way out, while somebody listens for the response. Only when there
 * is something to read does a thread read it: a final response that is no success ends
 * the upload (RFC 9112, 9.5), any other does once the upstream reads no more of it. A
 * body that is cut short never looks complete: the connection writes nothing after it,
 * not the last chunk either, which HttpClient would write (RFC 9112, 8).
 */
final class RequestBody extends HttpEntityWrapper {

	private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long STALLED = TimeUnit.SECONDS.toNanos(1);

	private static final int PIECE = 128 * 1024;

	private final RecordedConnection connection;

	private final DeadlineWatch watch;

	private Alarm alarm;

	private boolean over;

	private long writtenBefore;

	private volatile long written;

	private volatile boolean stopped;

	private volatile @Nullable IOException failure;

	private volatile @Nullable FutureTask<ClassicHttpResponse> reader;

	RequestBody(HttpEntity body, RecordedConnection connection, DeadlineWatch watch) {
		super(body);
		this.connection = connection;
		this.watch = watch;
		this.alarm = watch.after(LOOK_EVERY, this::look);
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		boolean complete = false;
		try {
			super.writeTo(new Output(out));
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

	/**
	 * Whether no more of it can be written, but there may be a response all the same: one
	 * that ended it, or that came before the connection was reset.
	 * @return whether it is worth reading on
	 */
	boolean isCutShort() {
		return this.stopped || (this.failure != null && this.connection.isOpen());
	}

	/**
	 * It was written, or cut short. What is read from now on is its caller's to read.
	 */
	synchronized void ends() {
		this.over = true;
		this.alarm.cancel();
	}

	/**
	 * The next response head, from whoever has begun to read it.
	 * @return the head
	 */
	ClassicHttpResponse receive() throws IOException, HttpException {
		FutureTask<ClassicHttpResponse> reader = this.reader;
		try {
			this.reader = null;
			return (reader != null) ? reader.get() : this.connection.receiveHead();
		}
		catch (InterruptedException ex) {
			this.connection.giveUp(CloseReason.CANCELLED);
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while waiting for the response");
		}
		catch (ExecutionException ex) {
			throw failure(ex.getCause());
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	// What writing ended with comes first: nothing was read after it
	private IOException failure(@Nullable Throwable ex) throws HttpException {
		IOException failure = this.failure;
		if (failure != null && !this.stopped) {
			return failure;
		}
		if (ex instanceof HttpException protocol) {
			throw protocol;
		}
		return (ex instanceof IOException io) ? io : new IOException("The response could not be read", ex);
	}

	private synchronized void look() {
		if (this.over || !this.connection.isOpen()) {
			return;
		}
		if (this.connection.hasInput()) {
			FutureTask<ClassicHttpResponse> reader = new FutureTask<>(this::read);
			this.reader = reader;
			Thread thread = new Thread(null, reader, "tidepool-early-response", 0, false);
			thread.setContextClassLoader(RequestBody.class.getClassLoader());
			thread.setDaemon(true);
			thread.start();
		}
		else {
			this.alarm = this.watch.after(LOOK_EVERY, this::look);
		}
	}

	private ClassicHttpResponse read() throws IOException, HttpException {
		ClassicHttpResponse response = this.connection.receiveHead();
		while (response.getCode() < HttpStatus.SC_OK) {
			response = this.connection.receiveHead();
		}
		answered(response.getCode());
		return response;
	}

	private synchronized void answered(int status) {
		if (this.over) {
			return;
		}
		if (status >= HttpStatus.SC_OK && status < HttpStatus.SC_REDIRECTION) {
			this.writtenBefore = this.written;
			this.alarm = this.watch.after(STALLED, this::lookWhetherStalled);
		}
		else {
			stop();
		}
	}

	private synchronized void lookWhetherStalled() {
		if (this.over || !this.connection.isOpen()) {
			return;
		}
		if (this.written == this.writtenBefore) {
			stop();
		}
		else {
			this.writtenBefore = this.written;
			this.alarm = this.watch.after(STALLED, this::lookWhetherStalled);
		}
	}

	private void stop() {
		this.stopped = true;
		// Wakes up who writes
		this.connection.endOutput();
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
				if (RequestBody.this.stopped) {
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
