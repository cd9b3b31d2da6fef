package dev.tidepool.classic;

import java.io.IOException;
import java.net.SocketTimeoutException;

import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.Sweeper;

/**
 * A connection with a record. The pool tells it when it is leased ({@link #activate}),
 * goes back ({@link #passivate}), and asks before each lease whether it is stale; here
 * those become facts on the record and answers from it.
 */
final class RecordedConnection extends DefaultManagedHttpClientConnection {

	private final NanoClock clock;

	private final Sweeper sweeper;

	private volatile @Nullable ConnectionRecord record;

	RecordedConnection(String id, NanoClock clock, Sweeper sweeper) {
		super(id);
		this.clock = clock;
		this.sweeper = sweeper;
	}

	/**
	 * The connection is established.
	 * @param record its record
	 */
	void established(ConnectionRecord record) {
		this.record = record;
		if (!isOpen()) {
			// Closed meanwhile, before there was a record to say so
			record.closing(CloseReason.SHUT_DOWN);
			record.closed();
		}
	}

	@Nullable ConnectionRecord record() {
		return this.record;
	}

	/**
	 * Called at each lease, and answered from the record: HttpClient's own check is a
	 * read that waits a millisecond.
	 */
	@Override
	public boolean isStale() {
		return !isOpen() || trustLeft(this.clock.nanoTime()) <= 0;
	}

	/**
	 * For how long the pool may keep this idle connection.
	 * @param now the monotonic clock
	 * @return nanoseconds, zero or less if it has to go
	 */
	long trustLeft(long now) {
		ConnectionRecord record = this.record;
		return (record != null) ? record.trustLeft(now) : 0;
	}

	@Override
	public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
		ConnectionRecord record = this.record;
		try {
			ClassicHttpResponse response = super.receiveResponseHeader();
			if (record != null) {
				record.responseStarts();
			}
			return response;
		}
		catch (SocketTimeoutException ex) {
			if (record != null) {
				record.closing(CloseReason.DEADLINE);
			}
			throw ex;
		}
	}

	@Override
	public void activate() {
		ConnectionRecord record = this.record;
		if (record != null) {
			record.active();
		}
	}

	@Override
	public void passivate() {
		ConnectionRecord record = this.record;
		if (record != null) {
			this.sweeper.sweepBy(record.idle(this.clock.nanoTime()));
		}
	}

	/**
	 * Let the connection go as the pool asks: an idle one in order, with FIN or
	 * close_notify, on the sweeper, since the pool may ask while it holds its lock. An
	 * active one at once: its caller waits for that.
	 * @param closeMode what HttpClient asked for
	 */
	void dispose(CloseMode closeMode) {
		ConnectionRecord record = this.record;
		if (record != null && record.state() == State.IDLE) {
			record.closed();
			this.sweeper.close(() -> close(CloseMode.GRACEFUL));
		}
		else {
			close(closeMode);
		}
	}

	@Override
	public void close() throws IOException {
		try {
			super.close();
		}
		finally {
			recordClosed();
		}
	}

	@Override
	public void close(CloseMode closeMode) {
		ConnectionRecord record = this.record;
		// HttpClient asks for a reset whenever a connection is not reused; one whose
		// exchange is complete deserves an orderly end
		boolean complete = record != null && record.isClosing(CloseReason.CONNECTION_CLOSE);
		try {
			super.close(complete ? CloseMode.GRACEFUL : closeMode);
		}
		finally {
			recordClosed();
		}
	}

	private void recordClosed() {
		ConnectionRecord record = this.record;
		if (record != null) {
			record.closed();
		}
	}

}
