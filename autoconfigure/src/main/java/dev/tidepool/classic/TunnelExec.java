package dev.tidepool.classic;

import java.io.IOException;
import java.util.Objects;

import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;

/**
 * Keeps a proxy's answer to CONNECT from being taken for the upstream's, which is what
 * HttpClient hands over if no tunnel comes about. Stands right before what connects.
 */
final class TunnelExec implements ExecChainHandler {

	static final TunnelExec INSTANCE = new TunnelExec();

	private TunnelExec() {
	}

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
			throws IOException, HttpException {
		ClassicHttpResponse response = chain.proceed(request, scope);
		if (scope.route.isTunnelled()) {
			Call call = Objects.requireNonNull(Call.of(scope.clientContext), "No call in progress");
			if (!call.requestSent()) {
				throw Failures.refused(call, scope.route.getProxyHost(), response.getCode());
			}
		}
		return response;
	}

}
