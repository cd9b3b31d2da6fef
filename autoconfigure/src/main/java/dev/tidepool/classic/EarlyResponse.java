package dev.tidepool.classic;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.Alarm;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.DeadlineWatch;

/**
 * The response that may come while its request is being written. Only when there is
 * something to read does a thread read it: a final response that is no success ends the
 * upload (RFC 9112, 9.5), any other does once the upstream reads no more of it.
 */
final class EarlyResponse {

	private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long STALLED = TimeUnit.SECONDS.toNanos(1);

	private final RecordedConnection connection;

	private final DeadlineWatch watch;

	private final LongSupplier written;

	private Alarm alarm;

	private boolean over;

	private long writtenBefore;

	private volatile boolean endsBody;

	private volatile @Nullable FutureTask<ClassicHttpResponse> reader;

	/**
	 * Listen from now on.
	 * @param connection where it may come
	 * @param watch looks for it
	 * @param written how much of the request's body was written
	 */
	EarlyResponse(RecordedConnection connection, DeadlineWatch watch, LongSupplier written) {
		this.connection = connection;
		this.watch = watch;
		this.written = written;
		this.alarm = watch.after(LOOK_EVERY, this::look);
	}

	/**
	 * Whether nothing more of the body is to be written.
	 * @return whether it has to end
	 */
	boolean endsBody() {
		return this.endsBody;
	}

	/**
	 * The body was written, or cut short. What is read from now on is its caller's to
	 * read.
	 */
	synchronized void bodyEnds() {
		this.over = true;
		this.alarm.cancel();
	}

	/**
	 * The next response head, from whoever has begun to read it.
	 * @param writing what writing the body ended with, or {@code null}
	 * @return the head
	 */
	ClassicHttpResponse receive(@Nullable IOException writing) throws IOException, HttpException {
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
			throw failure(ex.getCause(), writing);
		}
		catch (IOException ex) {
			throw failure(ex, writing);
		}
	}

	// What writing ended with comes first: nothing was read after it
	private IOException failure(@Nullable Throwable ex, @Nullable IOException writing) throws HttpException {
		if (writing != null && !this.endsBody) {
			return writing;
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
			thread.setContextClassLoader(EarlyResponse.class.getClassLoader());
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
			this.writtenBefore = this.written.getAsLong();
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
		if (this.written.getAsLong() == this.writtenBefore) {
			stop();
		}
		else {
			this.writtenBefore = this.written.getAsLong();
			this.alarm = this.watch.after(STALLED, this::lookWhetherStalled);
		}
	}

	private void stop() {
		this.endsBody = true;
		// Wakes up who writes
		this.connection.endOutput();
	}

}
