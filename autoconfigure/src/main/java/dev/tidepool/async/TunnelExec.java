package dev.tidepool.async;

import java.io.IOException;
import java.util.Objects;

import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;

/**
 * Keeps a proxy's answer to CONNECT from being taken for the upstream's, which is what
 * HttpClient hands over if no tunnel comes about. Stands right before what connects.
 */
final class TunnelExec implements AsyncExecChainHandler {

	@Override
	public void execute(HttpRequest request, @Nullable AsyncEntityProducer body, AsyncExecChain.Scope scope,
			AsyncExecChain chain, AsyncExecCallback callback) throws HttpException, IOException {
		chain.proceed(request, body, scope, scope.route.isTunnelled() ? new Tunnelled(scope, callback) : callback);
	}

	private record Tunnelled(AsyncExecChain.Scope scope, AsyncExecCallback callback) implements AsyncExecCallback {

		@Override
		public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails entity)
				throws HttpException, IOException {
			Call call = Objects.requireNonNull(Call.of(this.scope.clientContext), "No call in progress");
			if (!call.requestSent()) {
				throw Failures.refused(call, this.scope.route.getProxyHost(), response.getCode());
			}
			return this.callback.handleResponse(response, entity);
		}

		@Override
		public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
			this.callback.handleInformationResponse(response);
		}

		@Override
		public void completed() {
			this.callback.completed();
		}

		@Override
		public void failed(Exception ex) {
			this.callback.failed(ex);
		}

	}

}
