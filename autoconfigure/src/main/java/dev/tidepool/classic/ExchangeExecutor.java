package dev.tidepool.classic;

import java.io.IOException;
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

import dev.tidepool.connection.Upstream;

/**
 * The one place where a call meets its connection: tells each of the other, and bounds
 * the wait for the response and for its body.
 */
final class ExchangeExecutor extends HttpRequestExecutor {

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, HttpClientConnection connection,
			@Nullable HttpResponseInformationCallback informationCallback, HttpContext context)
			throws IOException, HttpException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		Upstream upstream = call.upstream();
		if (!Method.CONNECT.isSame(request.getMethod())) {
			call.requestStarts(Objects.requireNonNull(((RecordedConnection) connection).record()));
		}
		Timeout ofRequest = HttpClientContext.cast(context).getRequestConfigOrDefault().getResponseTimeout();
		connection.setSocketTimeout((ofRequest != null) ? ofRequest : call.timeouts().response(upstream));
		ClassicHttpResponse response = super.execute(request, connection, informationCallback, context);
		connection.setSocketTimeout((ofRequest != null) ? ofRequest : call.timeouts().read(upstream));
		return response;
	}

}
