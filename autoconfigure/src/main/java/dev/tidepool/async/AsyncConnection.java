package dev.tidepool.async;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SocketChannel;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.impl.nio.ClientHttp1IOEventHandler;
import org.apache.hc.core5.http.impl.nio.ClientHttp1StreamDuplexer;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.command.RequestExecutionCommand;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.EventMask;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Failures;
import dev.tidepool.call.Leased;
import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionProbe;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.PhaseDeadline;
import dev.tidepool.connection.Pooled;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.policy.UpstreamSettings;

/**
 * A connection on the reactor, with a record. The reactor reads all the time: that the
 * peer closed or sent something is known without a look, as soon as the selector tells.
 */
final class AsyncConnection implements ConnectionProbe, Pooled {

	private static final Log logger = LogFactory.getLog(AsyncConnection.class);

	private final SharedPool shared;

	private final Runnable removal;

	private final ResponseParser parser;

	private final PhaseDeadline deadline;

	private volatile @Nullable ProtocolIOSession session;

	private volatile @Nullable Handler handler;

	private volatile @Nullable ConnectionRecord record;

	private volatile boolean ended;

	private volatile boolean outputEnded;

	private volatile @Nullable Runnable onLoss;

	// Weak, so that it can be seen when the caller has dropped it
	private volatile @Nullable WeakReference<Object> response;

	private volatile @Nullable Leased leased;

	/**
	 * Create a connection that is not connected yet.
	 * @param shared looks after it
	 * @param removal has it leave the pool once it is noted to close
	 * @param settings the upstream's
	 */
	AsyncConnection(SharedPool shared, Runnable removal, UpstreamSettings settings) {
		this.shared = shared;
		this.parser = new ResponseParser(settings);
		this.removal = removal;
		this.deadline = shared.deadlines().watch(() -> giveUp(CloseReason.DEADLINE));
	}

	/**
	 * The socket is connected.
	 * @param session the reactor's side of it
	 * @return what handles its events
	 */
	IOEventHandler bind(ProtocolIOSession session) {
		Handler handler = new Handler(new StrictDuplexer(session, this.parser));
		this.session = session;
		this.handler = handler;
		if (this.ended) {
			// Given up as its socket was opened, which nobody could close yet
			session.close(CloseMode.IMMEDIATE);
		}
		return handler;
	}

	/**
	 * The connection is being made.
	 * @param onLoss run if it is lost meanwhile
	 */
	void connects(Runnable onLoss) {
		this.onLoss = onLoss;
	}

	/**
	 * The connection is established.
	 * @param record its record
	 */
	void established(ConnectionRecord record) {
		this.record = record;
		this.onLoss = null;
		if (!isOpen()) {
			// Closed meanwhile, before there was a record to say so
			recordClosed();
		}
	}

	@Nullable ConnectionRecord record() {
		return this.record;
	}

	PhaseDeadline deadline() {
		return this.deadline;
	}

	ResponseParser parser() {
		return this.parser;
	}

	boolean isOpen() {
		ProtocolIOSession session = this.session;
		Handler handler = this.handler;
		return session != null && handler != null && session.isOpen() && handler.isOpen();
	}

	@Override
	public boolean isClosing() {
		ConnectionRecord record = this.record;
		return record == null || record.isClosing() || !isOpen();
	}

	@Override
	public boolean lease(long now, boolean oneTry) {
		ConnectionRecord record = this.record;
		if (record == null || !record.lease(now, oneTry)) {
			return false;
		}
		if (!isOpen()) {
			// Its I/O thread was about to say why
			record.closing(endedByPeer());
			return false;
		}
		return true;
	}

	/**
	 * The connection is about to be in the pool.
	 */
	void passivate() {
		this.response = null;
		this.leased = null;
		ConnectionRecord record = this.record;
		if (record != null) {
			this.shared.sweeper().sweepBy(record.idle());
		}
	}

	/**
	 * Have a request written.
	 * @param exchange writes it, and reads the response
	 * @param context the context
	 */
	void execute(AsyncClientExchangeHandler exchange, HttpContext context) {
		ProtocolIOSession session = this.session;
		try {
			if (session != null) {
				session.enqueue(new RequestExecutionCommand(exchange, context), Command.Priority.NORMAL);
			}
		}
		catch (CancelledKeyException ex) {
			// Closed meanwhile: its I/O thread is about to fail what is in the queue
		}
	}

	/**
	 * Write nothing more. HttpCore ends a request that is answered with an error by its
	 * last chunk, by which it would look complete (RFC 9112, 8). Only for the I/O thread.
	 */
	void endOutput() {
		this.outputEnded = true;
	}

	@Nullable ProtocolIOSession session() {
		return this.session;
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

	@Override
	public ClientKind kind() {
		return ClientKind.REACTIVE;
	}

	@Override
	public Look look() {
		// Asked first: what makes the I/O thread close is known before it does
		boolean open = isOpen();
		if (this.parser.hasUnasked()) {
			return Look.UNASKED_BYTES;
		}
		return open ? Look.ALIVE : Look.CLOSED;
	}

	/**
	 * Look at the socket itself, on its I/O thread: what came since the selector told is
	 * not known yet.
	 * @param closes whether it matters so much whether the peer has closed that it is
	 * worth another system call on TLS; else it may remain unseen there that it did
	 * @return what was seen
	 */
	Look lookAtSocket(boolean closes) {
		Look known = look();
		ProtocolIOSession session = this.session;
		if (known != Look.ALIVE || session == null || !(session.channel() instanceof SocketChannel channel)) {
			return known;
		}
		try {
			if (session.getTlsDetails() != null) {
				// What they are only the TLS engine can tell: perhaps an end, but nothing
				// is learned from what is not known
				if (channel.socket().getInputStream().available() > 0) {
					return Look.UNASKED_BYTES;
				}
				if (!closes) {
					return Look.ALIVE;
				}
			}
			int read = channel.read(ByteBuffer.allocate(1));
			if (read > 0) {
				this.parser.unasked();
				return Look.UNASKED_BYTES;
			}
			return (read == 0) ? Look.ALIVE : Look.CLOSED;
		}
		catch (IOException ex) {
			return Look.CLOSED;
		}
	}

	@Override
	public boolean isQuiet() {
		return look() == Look.ALIVE;
	}

	@Override
	public boolean hasUnaskedBytes() {
		return this.parser.hasUnasked();
	}

	/**
	 * A response is handed to the caller, who has to read its body.
	 * @param response what becomes unreachable when the caller has dropped it
	 * @param leased gives the connection back then
	 */
	void handsOut(Object response, Leased leased) {
		this.leased = leased;
		this.response = new WeakReference<>(response);
	}

	/**
	 * The body has a subscriber, which can cancel.
	 */
	void isRead() {
		this.response = null;
	}

	@Override
	public boolean isAbandoned() {
		WeakReference<Object> response = this.response;
		return response != null && response.refersTo(null);
	}

	@Override
	public void reclaim() {
		Leased leased = this.leased;
		giveUp(CloseReason.LEAK);
		if (leased != null) {
			leased.giveBack(this.shared.clock().nanoTime());
		}
	}

	@Override
	public void closeInOrder() {
		close(CloseMode.GRACEFUL);
	}

	@Override
	public void reset() {
		end(CloseMode.IMMEDIATE);
	}

	@Override
	public long bytes() {
		Handler handler = this.handler;
		EndpointDetails details = (handler != null) ? handler.getEndpointDetails() : null;
		return (details != null) ? details.getSentBytesCount() + details.getReceivedBytesCount() : 0;
	}

	/**
	 * Let the connection go. One whose exchange is complete deserves an orderly end,
	 * unless it is to be watched yet.
	 */
	@Override
	public void dispose() {
		ConnectionRecord record = this.record;
		if (record == null || !record.isBetweenRequests()) {
			close(CloseMode.IMMEDIATE);
		}
		else if (!isOpen() || !this.shared.canaries().adopt(record)) {
			close(CloseMode.GRACEFUL);
		}
	}

	void close(CloseMode closeMode) {
		ConnectionRecord record = this.record;
		boolean complete = record != null
				&& (record.isBetweenRequests() || record.isClosing(CloseReason.CONNECTION_CLOSE));
		end(complete ? CloseMode.GRACEFUL : closeMode);
	}

	private void end(CloseMode closeMode) {
		this.ended = true;
		ProtocolIOSession session = this.session;
		this.deadline.forget();
		try {
			if (session != null) {
				session.close(closeMode);
				if (closeMode == CloseMode.GRACEFUL && session.getTlsDetails() != null) {
					endAtOnce(session);
				}
			}
		}
		finally {
			recordClosed();
		}
	}

	// HttpCore has written close_notify, and would wait up to two seconds for the
	// peer's, which nobody needs (RFC 8446, 6.1)
	private static void endAtOnce(ProtocolIOSession session) {
		try {
			session.channel().close();
		}
		catch (IOException ex) {
			// There is no more to close
		}
		session.close(CloseMode.IMMEDIATE);
	}

	private void recordClosed() {
		this.response = null;
		ConnectionRecord record = this.record;
		if (record != null) {
			// Nobody's at that moment: between a caller and the pool
			if (this.parser.hasUnasked() || (!this.ended && record.isBetweenRequests())) {
				record.closing(endedByPeer());
			}
			record.closed();
		}
	}

	private CloseReason endedByPeer() {
		return this.parser.hasUnasked() ? CloseReason.UNASKED_BYTES : CloseReason.PEER_CLOSED_IDLE;
	}

	// What the reactor sees while a caller holds the connection, its exchange is told
	private void closedByPeer() {
		ConnectionRecord record = this.record;
		if (record == null) {
			return;
		}
		if (record.state() == ConnectionRecord.State.CANARY) {
			this.shared.sweepNow();
		}
		else if (record.closedByPeer(this.shared.clock().nanoTime())) {
			this.removal.run();
		}
	}

	private void disconnected() {
		closedByPeer();
		Runnable onLoss = this.onLoss;
		if (onLoss != null) {
			onLoss.run();
		}
		ConnectionRecord record = this.record;
		this.deadline.forget();
		// A canary is looked at once more, to learn from its end
		if (record != null && record.state() != ConnectionRecord.State.CANARY) {
			recordClosed();
		}
	}

	@Override
	public String toString() {
		return String.valueOf(this.session);
	}

	/**
	 * HttpCore's handler, and the record's eye.
	 */
	private final class Handler extends ClientHttp1IOEventHandler {

		Handler(ClientHttp1StreamDuplexer duplexer) {
			super(duplexer);
		}

		@Override
		public void connected(IOSession session) throws IOException {
			try {
				super.connected(session);
			}
			catch (Error ex) {
				throw survived(ex);
			}
		}

		@Override
		public void inputReady(IOSession session, @Nullable ByteBuffer src) throws IOException {
			try {
				super.inputReady(session, src);
			}
			catch (Error ex) {
				throw survived(ex);
			}
			if (!isOpen()) {
				closedByPeer();
			}
		}

		@Override
		public void outputReady(IOSession session) throws IOException {
			if (AsyncConnection.this.outputEnded) {
				session.clearEvent(EventMask.WRITE);
				return;
			}
			try {
				super.outputReady(session);
			}
			catch (Error ex) {
				throw survived(ex);
			}
		}

		// HttpCore's thread would end with it, and all its connections
		private static IOException survived(Error ex) {
			return new IOException("An error was thrown on an I/O thread", ex);
		}

		@Override
		public void exception(IOSession session, Exception cause) {
			try {
				if (Failures.isOfWriting(cause)) {
					readBeforeLoss(session);
				}
				super.exception(session, cause);
			}
			catch (Error ex) {
				logger.warn("A caller could not be told how its call ended", ex);
			}
			closedByPeer();
		}

		// What writing has met says nothing of a response that had come before. Not for
		// what reading has met: read again, a body cut short would look complete
		private void readBeforeLoss(IOSession session) {
			endOutput();
			try {
				for (long before = -1; isOpen() && before != bytes();) {
					before = bytes();
					// That of TLS, if there is TLS
					session.getHandler().inputReady(session, null);
				}
			}
			catch (IOException | RuntimeException ex) {
				// The same loss
			}
		}

		@Override
		public void disconnected(IOSession session) {
			try {
				super.disconnected(session);
			}
			catch (Error ex) {
				logger.warn("A caller could not be told how its call ended", ex);
			}
			AsyncConnection.this.disconnected();
		}

	}

}
