package dev.tidepool.async;

import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.protocol.RedirectStrategy;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.core5.http.config.NamedElementChain;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;

/**
 * The elements of HttpClient's asynchronous chain that do authentication, tunnels and
 * redirects. They have no state, and are public, but only its builder makes them: so it
 * makes a client that is never started, for its chain.
 */
final class HttpClientChain extends HttpAsyncClientBuilder {

	private NamedElementChain<AsyncExecChainHandler> chain = new NamedElementChain<>();

	HttpClientChain(HttpRoutePlanner routePlanner, RedirectStrategy redirectStrategy) {
		setRoutePlanner(routePlanner);
		setRedirectStrategy(redirectStrategy);
		disableAuthCaching();
		// None of its own, which would load trust material
		setConnectionManager(new PoolingAsyncClientConnectionManager(RegistryBuilder.<TlsStrategy>create().build()));
		setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build());
		build().close(CloseMode.IMMEDIATE);
	}

	@Override
	protected void customizeExecChain(NamedElementChain<AsyncExecChainHandler> chain) {
		this.chain = chain;
	}

	AsyncExecChainHandler element(ChainElement name) {
		for (NamedElementChain<AsyncExecChainHandler>.Node node = this.chain.getFirst(); node != null; node = node
			.getNext()) {
			if (name.name().equals(node.getName())) {
				return node.getValue();
			}
		}
		throw new IllegalStateException("HttpClient's chain has no element " + name);
	}

}
