package dev.tidepool.classic;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;

import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.Sweeper;

/**
 * A connection with a record, around HttpClient's own (which cannot be extended before
 * 5.6). The pool tells it when it is leased ({@link #activate}), goes back
 * ({@link #passivate}), and asks before each lease whether it is stale; here those become
 * facts on the record and answers from it.
 */
final class RecordedConnection implements ManagedHttpClientConnection {

	private final ManagedHttpClientConnection connection;

	private final NanoClock clock;

	private final Sweeper sweeper;

	private volatile @Nullable ConnectionRecord record;

	RecordedConnection(ManagedHttpClientConnection connection, NanoClock clock, Sweeper sweeper) {
		this.connection = connection;
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
			this.connection.close();
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
			this.connection.close(complete ? CloseMode.GRACEFUL : closeMode);
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

	@Override
	public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
		ConnectionRecord record = this.record;
		try {
			ClassicHttpResponse response = this.connection.receiveResponseHeader();
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
	public void receiveResponseEntity(ClassicHttpResponse response) throws HttpException, IOException {
		this.connection.receiveResponseEntity(response);
	}

	@Override
	public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
		this.connection.sendRequestHeader(request);
	}

	@Override
	public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
		this.connection.sendRequestEntity(request);
	}

	@Override
	public void terminateRequest(ClassicHttpRequest request) throws HttpException, IOException {
		this.connection.terminateRequest(request);
	}

	@Override
	public boolean isConsistent() {
		return this.connection.isConsistent();
	}

	@Override
	public boolean isDataAvailable(Timeout timeout) throws IOException {
		return this.connection.isDataAvailable(timeout);
	}

	@Override
	public void flush() throws IOException {
		this.connection.flush();
	}

	@Override
	public void bind(Socket socket) throws IOException {
		this.connection.bind(socket);
	}

	@Override
	public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
		this.connection.bind(sslSocket, socket);
	}

	@Override
	public @Nullable Socket getSocket() {
		return this.connection.getSocket();
	}

	@Override
	public @Nullable SSLSession getSSLSession() {
		return this.connection.getSSLSession();
	}

	@Override
	public boolean isOpen() {
		return this.connection.isOpen();
	}

	@Override
	public @Nullable EndpointDetails getEndpointDetails() {
		return this.connection.getEndpointDetails();
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		return this.connection.getLocalAddress();
	}

	@Override
	public @Nullable SocketAddress getRemoteAddress() {
		return this.connection.getRemoteAddress();
	}

	@Override
	public @Nullable ProtocolVersion getProtocolVersion() {
		return this.connection.getProtocolVersion();
	}

	@Override
	public Timeout getSocketTimeout() {
		return this.connection.getSocketTimeout();
	}

	@Override
	public void setSocketTimeout(Timeout timeout) {
		this.connection.setSocketTimeout(timeout);
	}

	@Override
	public String toString() {
		return this.connection.toString();
	}

}
