package dev.tidepool.async;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PhaseDeadline;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.policy.Durations;

/**
 * The one place where a call meets its connection: looks at it once more before a request
 * on one that was used before, tells each of the other, and bounds the wait for the
 * response head. The waits for the body are its reader's.
 */
final class TimedExchange implements AsyncClientExchangeHandler {

	private final AsyncClientExchangeHandler exchange;

	private final AsyncConnection connection;

	private final Call call;

	private final PhaseDeadline deadline;

	private final NanoClock clock;

	private String method = "";

	private boolean started;

	private boolean sent;

	private boolean answered;

	private boolean onlySends;

	private @Nullable RequestOutput output;

	TimedExchange(AsyncClientExchangeHandler exchange, AsyncConnection connection, Call call, NanoClock clock) {
		this.exchange = exchange;
		this.connection = connection;
		this.call = call;
		this.deadline = connection.deadline();
		this.clock = clock;
	}

	/**
	 * The exchange is about to wait for the connection's I/O thread, no longer than for a
	 * response: a wake-up that is lost there must not be waited for for ever.
	 */
	void waitsForItsThread() {
		this.deadline.starts(Phase.REQUEST, Durations.orForever(this.call.timeouts().response(this.call.upstream())),
				this.call.deadline());
	}

	@Override
	public void produceRequest(RequestChannel channel, HttpContext context) throws HttpException, IOException {
		if (this.deadline.isExpired()) {
			throw new SocketException("Given up before the request was written");
		}
		this.exchange.produceRequest((request, body, sameContext) -> {
			this.method = request.getMethod();
			if (isTunnel()) {
				this.call.tunnelStarts();
			}
			else {
				starts();
			}
			this.started = true;
			this.connection.parser().expects();
			this.deadline.starts(Phase.REQUEST, Long.MAX_VALUE, this.call.deadline());
			channel.sendRequest(request, body, sameContext);
			if (body == null) {
				requestEnds();
			}
		}, context);
	}

	private void starts() throws IOException {
		ConnectionRecord record = Objects.requireNonNull(this.connection.record());
		// Also if it may be sent again: bytes that came just now would be its answer
		boolean oneTry = !this.call.mayBeSentTwice();
		if (record.requests() > 0 && ((oneTry && record.retiresForOneTry())
				|| !record.isAlive(this.connection.lookAtSocket(oneTry), this.clock.nanoTime()))) {
			throw dead(record);
		}
		this.call.requestStarts(record);
	}

	private IOException dead(ConnectionRecord record) {
		this.call.foundDead(record);
		return new SocketException("The idle connection was closed by the peer");
	}

	private void requestEnds() {
		this.sent = true;
		Duration timeout = this.call.timeouts().response(this.call.upstream());
		if (this.onlySends) {
			this.deadline.ends();
		}
		else if (!this.answered) {
			this.deadline.starts(Phase.RESPONSE, Durations.orForever(timeout), this.call.deadline());
		}
	}

	@Override
	public int available() {
		return this.exchange.available();
	}

	@Override
	public void produce(DataStreamChannel channel) throws IOException {
		RequestOutput output = this.output;
		if (output == null) {
			output = new RequestOutput(channel, this::requestEnds);
			this.output = output;
		}
		this.exchange.produce(output);
	}

	@Override
	public void consumeInformation(HttpResponse response, HttpContext context) throws HttpException, IOException {
		this.exchange.consumeInformation(response, context);
	}

	@Override
	public void consumeResponse(HttpResponse response, @Nullable EntityDetails body, HttpContext context)
			throws HttpException, IOException {
		if (!this.deadline.ends()) {
			throw new SocketException("Given up as the response came");
		}
		this.answered = true;
		if (!this.sent && response.getCode() >= HttpStatus.SC_REDIRECTION) {
			this.connection.endOutput();
		}
		ConnectionRecord record = this.connection.record();
		if (record != null && !isTunnel()) {
			record.responseStarts();
		}
		if (body == null) {
			this.connection.parser().expectsNothing();
			goesOn();
		}
		else if (isTunnel()) {
			// HttpClient reads what the proxy says to it
			this.deadline.starts(Phase.READ, Durations.orForever(this.call.timeouts().read(this.call.upstream())),
					this.call.deadline());
		}
		this.exchange.consumeResponse(response, body, context);
	}

	private boolean isTunnel() {
		return Method.CONNECT.isSame(this.method);
	}

	// The answer may be complete before its request: the call is not over then
	private void goesOn() {
		if (!this.sent) {
			this.onlySends = true;
			this.deadline.starts(Phase.REQUEST, Long.MAX_VALUE, this.call.deadline());
		}
	}

	@Override
	public void updateCapacity(CapacityChannel channel) throws IOException {
		this.exchange.updateCapacity(channel);
	}

	@Override
	public void consume(ByteBuffer bytes) throws IOException {
		this.exchange.consume(bytes);
	}

	@Override
	public void streamEnd(@Nullable List<? extends Header> trailers) throws HttpException, IOException {
		this.connection.parser().expectsNothing();
		if (isTunnel() && !this.deadline.ends()) {
			throw new SocketException("Given up as the proxy's answer ended");
		}
		this.exchange.streamEnd(trailers);
		// Still its own: a connection whose request was cut short is never given back
		goesOn();
	}

	@Override
	public void failed(Exception ex) {
		this.exchange.failed(describe(ex));
	}

	private Exception describe(Exception ex) {
		if (this.deadline.isExpired()) {
			// The watch may not have said so yet
			this.connection.closing(CloseReason.DEADLINE);
			// Of a body that has a reader, the reader tells
			return (this.answered && !this.onlySends && !isTunnel()) ? ex
					: Failures.expired(ex, this.call, this.deadline, this.answered ? Failures.READING : this.method);
		}
		this.deadline.ends();
		ConnectionRecord record = this.connection.record();
		boolean lost = ex instanceof IOException || this.connection.hasUnaskedBytes();
		if (this.started || record == null || !lost) {
			return ex;
		}
		// Its request was never written
		if (!record.isClosing()) {
			record.isAlive(this.connection.look(), this.clock.nanoTime());
		}
		return (record.requests() > 0) ? dead(record)
				: new SocketException("The connection was closed before the request was written");
	}

	@Override
	public void cancel() {
		this.exchange.cancel();
	}

	@Override
	public void releaseResources() {
		this.exchange.releaseResources();
	}

}
