package dev.tidepool.classic;

import java.io.IOException;

import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.Method;

import dev.tidepool.call.CallContext;

/**
 * The way of a request that goes straight to its upstream and has nobody to log in as:
 * what HttpClient does about credentials, proxies and the steps of a route, before each
 * request, comes to nothing there but costs as much as the rest of its chain. All others
 * go HttpClient's way. Stands where that begins.
 */
final class DirectExec implements ExecChainHandler {

	private final ExecChainHandler protocol;

	private final ExecChainHandler connect;

	/**
	 * Create a handler.
	 * @param protocol HttpClient's own, which logs in
	 * @param connect HttpClient's own, which goes through proxies
	 */
	DirectExec(ExecChainHandler protocol, ExecChainHandler connect) {
		this.protocol = protocol;
		this.connect = connect;
	}

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
			throws IOException, HttpException {
		if (isDirect(request, scope)) {
			return executeDirectly(request, scope, chain);
		}
		ExecChain connecting = (next, nextScope) -> this.connect.execute(next, nextScope, chain);
		return this.protocol.execute(request, scope,
				(next, nextScope) -> TunnelExec.INSTANCE.execute(next, nextScope, connecting));
	}

	// No context but ours is sure to have no credentials. A body that cannot be repeated
	// is marked when it is written, which redirects look at
	private static boolean isDirect(ClassicHttpRequest request, ExecChain.Scope scope) {
		HttpEntity body = request.getEntity();
		return scope.clientContext instanceof CallContext && scope.route.getProxyHost() == null
				&& (body == null || body.isRepeatable()) && request.getScheme() != null
				&& request.getAuthority() != null && request.getAuthority().getUserInfo() == null
				&& !Method.CONNECT.isSame(request.getMethod());
	}

	private static ClassicHttpResponse executeDirectly(ClassicHttpRequest request, ExecChain.Scope scope,
			ExecChain chain) throws IOException, HttpException {
		ExecRuntime runtime = scope.execRuntime;
		if (!runtime.isEndpointAcquired()) {
			runtime.acquireEndpoint(scope.exchangeId, scope.route, scope.clientContext.getUserToken(),
					scope.clientContext);
		}
		if (!runtime.isEndpointConnected()) {
			runtime.connectEndpoint(scope.clientContext);
		}
		ClassicHttpResponse response = chain.proceed(request, scope);
		HttpEntity body = response.getEntity();
		if (body != null && body.isStreaming()) {
			response.setEntity(new BodyEntity(body, new ReleasingStream(body.getContent(), runtime), null));
		}
		return response;
	}

}
