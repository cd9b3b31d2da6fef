package dev.tidepool.async;

import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.jspecify.annotations.Nullable;

/**
 * The end of the chain: has the request written on the connection, and the response read.
 */
final class ExchangeExec implements AsyncExecChainHandler {

	private final HttpProcessor processor;

	ExchangeExec(HttpProcessor processor) {
		this.processor = processor;
	}

	@Override
	public void execute(HttpRequest request, @Nullable AsyncEntityProducer body, AsyncExecChain.Scope scope,
			AsyncExecChain chain, AsyncExecCallback callback) {
		scope.execRuntime.execute(scope.exchangeId, new Exchange(request, body, this.processor, scope, callback),
				scope.clientContext);
	}

}
