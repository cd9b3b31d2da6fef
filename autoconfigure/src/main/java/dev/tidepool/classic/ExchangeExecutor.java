package dev.tidepool.classic;

import java.io.IOException;
import java.net.SocketException;
import java.util.Objects;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HeaderElements;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PhaseDeadline;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.Durations;

/**
 * The one place where a call meets its connection: looks at it once more before a request
 * that must not be sent twice, tells each of the other, and bounds the wait for the
 * response and for its body.
 */
final class ExchangeExecutor extends HttpRequestExecutor {

	private final NanoClock clock;

	ExchangeExecutor(NanoClock clock) {
		super(Http1Config.custom().setWaitForContinueTimeout(Call.WAIT_FOR_CONTINUE).build(), null, null);
		this.clock = clock;
	}

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, HttpClientConnection connection,
			@Nullable HttpResponseInformationCallback informationCallback, HttpContext context)
			throws IOException, HttpException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		Upstream upstream = call.upstream();
		boolean tunnel = Method.CONNECT.isSame(request.getMethod());
		if (tunnel) {
			call.tunnelStarts();
		}
		else {
			ConnectionRecord record = Objects.requireNonNull(((RecordedConnection) connection).record());
			if (!call.mayBeSentTwice() && !record.isAliveForOneTry(this.clock.nanoTime())) {
				call.foundDead(record);
				throw new SocketException("The idle connection was closed by the peer");
			}
			call.requestStarts(record);
		}
		Timeout ofRequest = HttpClientContext.cast(context).getRequestConfigOrDefault().getResponseTimeout();
		if (ofRequest != null) {
			call.readTimeout(ofRequest.toDuration());
		}
		long responseTimeout = Durations.orForever(call.timeouts().response(upstream));
		long readTimeout = Durations.orForever(call.timeouts().read(upstream));
		// Both are watched by the deadline: a time-out of the socket makes each read a
		// poll and a read, and starts again with each byte
		connection.setSocketTimeout(Timeout.DISABLED);
		RecordedConnection recorded = (RecordedConnection) connection;
		PhaseDeadline deadline = recorded.deadline();
		recorded.exchangeStarts(responseTimeout, call.deadline());
		try {
			ClassicHttpResponse response = super.execute(request, connection, informationCallback, context);
			if (!deadline.ends()) {
				throw new SocketException("Given up as the response came");
			}
			bound(response, recorded, call, readTimeout);
			if (tunnel) {
				forget(response, recorded);
			}
			return response;
		}
		catch (IOException ex) {
			if (deadline.isExpired()) {
				// The watch may not have said so yet
				recorded.closing(CloseReason.DEADLINE);
				throw Failures.expired(ex, call, deadline, request.getMethod());
			}
			deadline.ends();
			throw ex;
		}
	}

	private static void bound(ClassicHttpResponse response, RecordedConnection connection, Call call, long readTimeout)
			throws IOException {
		HttpEntity entity = response.getEntity();
		if (entity != null && entity.isStreaming()) {
			BodyStream stream = new BodyStream(entity.getContent(), entity.getContentLength(), connection, call,
					readTimeout);
			connection.handsOut(stream, call);
			call.receives((entity.getContentEncoding() != null) ? stream::isBegun : null);
			response.setEntity(new BodyEntity(entity, stream, null));
		}
	}

	// HttpClient would read on for as long as the proxy writes, and hand it to the caller
	private static void forget(ClassicHttpResponse response, RecordedConnection connection) throws IOException {
		EntityUtils.consume(response.getEntity());
		response.setEntity(null);
		if (!connection.isOpen()) {
			response.setHeader(HttpHeaders.CONNECTION, HeaderElements.CLOSE);
		}
	}

}
