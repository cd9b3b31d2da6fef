package dev.tidepool.classic;

import java.io.IOException;
import java.net.SocketException;
import java.util.Objects;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.Upstream;

/**
 * The one place where a call meets its connection: looks at it once more before a request
 * that must not be sent twice, tells each of the other, and bounds the wait for the
 * response and for its body.
 */
final class ExchangeExecutor extends HttpRequestExecutor {

	private final NanoClock clock;

	ExchangeExecutor(NanoClock clock) {
		this.clock = clock;
	}

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, HttpClientConnection connection,
			@Nullable HttpResponseInformationCallback informationCallback, HttpContext context)
			throws IOException, HttpException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		Upstream upstream = call.upstream();
		if (!Method.CONNECT.isSame(request.getMethod())) {
			ConnectionRecord record = Objects.requireNonNull(((RecordedConnection) connection).record());
			if (!call.mayBeSentTwice(request) && !record.isAliveForOneTry(this.clock.nanoTime())) {
				call.foundDead(record);
				throw new SocketException("The idle connection was closed by the peer");
			}
			call.requestStarts(record);
		}
		Timeout ofRequest = HttpClientContext.cast(context).getRequestConfigOrDefault().getResponseTimeout();
		connection.setSocketTimeout((ofRequest != null) ? ofRequest : call.timeouts().response(upstream));
		ClassicHttpResponse response = super.execute(request, connection, informationCallback, context);
		connection.setSocketTimeout((ofRequest != null) ? ofRequest : call.timeouts().read(upstream));
		return response;
	}

}
