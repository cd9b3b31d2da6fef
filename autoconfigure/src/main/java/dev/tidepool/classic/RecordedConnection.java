package dev.tidepool.classic;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.util.List;

import javax.net.ssl.SSLSocket;

import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Leased;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionProbe;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.PhaseDeadline;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.Pooled;
import dev.tidepool.policy.UpstreamSettings;

/**
 * A connection with a record, around HttpClient's own: what happens to it becomes facts
 * on the record, and what its pool asks is answered from there.
 */
final class RecordedConnection extends ForwardingConnection implements ConnectionProbe, Pooled {

	private final ManagedHttpClientConnection connection;

	private final ResponseParser parser;

	private final Surroundings surroundings;

	private final PhaseDeadline deadline;

	private long boundAt;

	private long handshakeTimeout;

	private long responseTimeout;

	private @Nullable CallDeadline callDeadline;

	private final SocketInput input;

	private final RequestSender sender;

	private final HandedOut handedOut = new HandedOut();

	private volatile @Nullable ConnectionRecord record;

	private volatile boolean closed;

	private volatile boolean cutShort;

	RecordedConnection(ManagedHttpClientConnection connection, ResponseParser parser, Surroundings surroundings) {
		super(connection);
		this.connection = connection;
		this.parser = parser;
		this.input = new SocketInput(connection::getSocket, parser);
		this.sender = new RequestSender(connection, this, surroundings.deadlines());
		this.surroundings = surroundings;
		this.deadline = surroundings.deadlines().watch(this::expired);
	}

	private void expired() {
		giveUp(CloseReason.DEADLINE);
	}

	/**
	 * The deadline of what goes on on this connection.
	 * @return the deadline
	 */
	PhaseDeadline deadline() {
		return this.deadline;
	}

	/**
	 * A TLS connection is about to be made; the wait for its handshake counts from when
	 * the socket is connected.
	 * @param handshakeTimeout how long that may take
	 * @param callDeadline when the call has to be over
	 */
	void connectStarts(long handshakeTimeout, CallDeadline callDeadline) {
		this.handshakeTimeout = handshakeTimeout;
		this.callDeadline = callDeadline;
	}

	/**
	 * When the socket was bound last. HttpClient binds it before it connects it, and
	 * again once it is connected, before the TLS handshake.
	 * @return on the monotonic clock
	 */
	long boundAt() {
		return this.boundAt;
	}

	/**
	 * A request is about to be written; the wait for its response counts from when it
	 * was.
	 * @param responseTimeout how long that may take
	 * @param callDeadline when the call has to be over
	 */
	void exchangeStarts(long responseTimeout, CallDeadline callDeadline) {
		this.responseTimeout = responseTimeout;
		this.callDeadline = callDeadline;
		this.sender.exchangeStarts();
		this.deadline.starts(Phase.REQUEST, Long.MAX_VALUE, callDeadline);
	}

	void closing(CloseReason reason) {
		ConnectionRecord record = this.record;
		if (record != null) {
			record.closing(reason);
		}
	}

	/**
	 * Close at once, whatever goes on. Waits for nothing.
	 * @param reason why
	 */
	void giveUp(CloseReason reason) {
		closing(reason);
		close(CloseMode.IMMEDIATE);
	}

	/**
	 * The connection is established.
	 * @param record its record
	 * @param settings the upstream's
	 */
	void established(ConnectionRecord record, UpstreamSettings settings) throws IOException {
		this.parser.of(settings);
		this.record = record;
		this.input.connected();
		if (!isOpen()) {
			// Closed meanwhile, before there was a record to say so
			record.closing(CloseReason.SHUT_DOWN);
			record.closed();
		}
	}

	@Nullable ConnectionRecord record() {
		return this.record;
	}

	@Override
	public boolean isClosing() {
		ConnectionRecord record = this.record;
		return record == null || record.isClosing() || !isOpen();
	}

	@Override
	public boolean lease(long now, boolean oneTry) {
		ConnectionRecord record = this.record;
		return record != null && record.lease(now, oneTry) && isOpen();
	}

	/**
	 * The exchange is over: decide whether another may follow.
	 * @param call whose it was
	 * @return whether the connection may go back to the pool; if not, the reason is noted
	 */
	boolean mayGoBack(Call call) {
		ConnectionRecord record = this.record;
		if (record == null || !isOpen() || !isConsistent()) {
			return false;
		}
		boolean unused = record != call.connection();
		return unused || record.mayGoBack(this.surroundings.clock().nanoTime());
	}

	/**
	 * The connection is about to be in the pool.
	 */
	@Override
	public void passivate() {
		ConnectionRecord record = this.record;
		this.handedOut.wasClosed();
		if (record != null) {
			this.surroundings.sweeper().sweepBy(record.idle());
		}
	}

	@Override
	public void dispose() {
		dispose(CloseMode.IMMEDIATE);
	}

	/**
	 * Let the connection go. Between requests it ends in order, on the sweeper, unless it
	 * is to be watched yet. Within an exchange it ends at once: its caller waits for
	 * that.
	 * @param closeMode what HttpClient asked for
	 */
	void dispose(CloseMode closeMode) {
		ConnectionRecord record = this.record;
		if (record == null || !record.isBetweenRequests()) {
			close(closeMode);
		}
		else if (!this.surroundings.canaries().adopt(record)) {
			record.leaves();
			this.surroundings.sweeper().close(record::closeIfLeft);
		}
	}

	@Override
	public ClientKind kind() {
		return ClientKind.BLOCKING;
	}

	@Override
	public Look look() {
		return this.input.look();
	}

	@Override
	public boolean isQuiet() {
		return this.input.isQuiet();
	}

	@Override
	public boolean hasUnaskedBytes() {
		return this.input.hasUnaskedBytes();
	}

	/**
	 * A response body is handed to the caller.
	 * @param stream what the caller has to close
	 * @param call the call
	 */
	void handsOut(BodyStream stream, Call call) {
		this.handedOut.is(stream, call);
	}

	@Override
	public boolean isAbandoned() {
		return this.handedOut.isAbandoned();
	}

	@Override
	public void reclaim() {
		Leased leased = this.handedOut.leased();
		giveUp(CloseReason.LEAK);
		if (leased != null) {
			leased.giveBack(this.surroundings.clock().nanoTime());
		}
	}

	@Override
	public void closeInOrder() {
		if (canSayGoodbye()) {
			close(CloseMode.GRACEFUL);
		}
		else {
			reset();
		}
	}

	// Its peer may not have read the request yet. At the end, a caller may be about to
	// use the channel, whose mode must not change then
	private boolean canSayGoodbye() {
		SocketChannel channel = this.input.channel();
		ConnectionRecord record = this.record;
		return !(this.connection.getSocket() instanceof SSLSocket) || channel == null
				|| (record != null && record.isClosing(CloseReason.SHUT_DOWN))
				|| this.surroundings.writability().isWritable(channel);
	}

	@Override
	public void reset() {
		try {
			this.connection.close(CloseMode.IMMEDIATE);
		}
		finally {
			recordClosed();
		}
	}

	@Override
	public long bytes() {
		EndpointDetails details = getEndpointDetails();
		return (details != null) ? details.getSentBytesCount() + details.getReceivedBytesCount() : 0;
	}

	@Override
	public void close() throws IOException {
		this.closed = true;
		try {
			this.connection.close();
		}
		finally {
			recordClosed();
		}
	}

	@Override
	public void close(CloseMode closeMode) {
		this.closed = true;
		ConnectionRecord record = this.record;
		// HttpClient asks for a reset whenever a connection is not reused; one whose
		// exchange is complete deserves an orderly end
		boolean complete = record != null
				&& (record.isBetweenRequests() || record.isClosing(CloseReason.CONNECTION_CLOSE));
		try {
			this.connection.close(this.cutShort ? CloseMode.IMMEDIATE : (complete ? CloseMode.GRACEFUL : closeMode));
		}
		finally {
			recordClosed();
		}
	}

	private void recordClosed() {
		this.deadline.forget();
		this.handedOut.isNothing();
		ConnectionRecord record = this.record;
		if (record != null) {
			record.closed();
		}
	}

	@Override
	public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
		ConnectionRecord record = this.record;
		try {
			ClassicHttpResponse response = this.sender.receive();
			if (record != null) {
				record.responseStarts();
			}
			return response;
		}
		catch (HttpException ex) {
			closing(CloseReason.ERROR);
			throw ex;
		}
	}

	ClassicHttpResponse receiveHead() throws HttpException, IOException {
		return this.connection.receiveResponseHeader();
	}

	/**
	 * Whether something has come that was not read, be it no more than a session ticket.
	 * @return whether there is
	 */
	boolean hasInput() {
		return this.input.hasBytes();
	}

	/**
	 * Write nothing more, also if another thread is writing just now. What has come can
	 * be read.
	 */
	void endOutput() {
		this.cutShort = true;
		ConnectionRecord record = this.record;
		if (record != null) {
			record.requestEndsEarly();
		}
		SocketChannel channel = this.input.channel();
		try {
			if (channel != null) {
				channel.shutdownOutput();
			}
		}
		catch (IOException ex) {
			// Nothing can be written then
		}
	}

	@Override
	public void receiveResponseEntity(ClassicHttpResponse response) throws HttpException, IOException {
		this.connection.receiveResponseEntity(response);
		HttpEntity entity = response.getEntity();
		if (entity != null && entity.isChunked()) {
			ChunkedInputStream chunks = this.parser.chunked(() -> closing(CloseReason.CONNECTION_CLOSE));
			response.setEntity(new BodyEntity(entity, chunks, () -> List.of(chunks.getFooters())));
		}
	}

	@Override
	public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
		this.sender.send(request);
	}

	/**
	 * The final response came instead of the wish to continue: nothing of the body is
	 * sent, where HttpClient would send a small one, and the last chunk of another (RFC
	 * 9110, 10.1.1).
	 */
	@Override
	public void terminateRequest(ClassicHttpRequest request) {
		endOutput();
	}

	@Override
	public void flush() throws IOException {
		if (!this.cutShort) {
			this.connection.flush();
		}
		CallDeadline callDeadline = this.callDeadline;
		if (callDeadline != null) {
			this.deadline.starts(Phase.RESPONSE, this.responseTimeout, callDeadline);
		}
	}

	@Override
	public void bind(Socket socket) throws IOException {
		this.input.bind(socket);
		this.boundAt = this.surroundings.clock().nanoTime();
		this.connection.bind(socket);
		closeIfLate(socket);
		CallDeadline callDeadline = this.callDeadline;
		// Bound before it is connected too
		if (this.handshakeTimeout > 0 && callDeadline != null && socket.isConnected()) {
			this.deadline.starts(Phase.TLS_HANDSHAKE, this.handshakeTimeout, callDeadline);
		}
	}

	@Override
	public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
		this.connection.bind(sslSocket, socket);
		closeIfLate(socket);
	}

	// Whoever closed the connection before has not seen this socket, and HttpClient's own
	// does not close twice
	private void closeIfLate(Socket socket) throws IOException {
		if (this.closed) {
			socket.close();
			throw new SocketException("The connection was closed while it was connected");
		}
	}

}
