package dev.tidepool.classic;

import java.util.List;
import java.util.function.Consumer;

import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.StandardCookieSpec;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.config.NamedElementChain;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

import dev.tidepool.call.CallerSettings;
import dev.tidepool.call.ProxyCredentials;
import dev.tidepool.call.TrustStrategy;
import dev.tidepool.call.UpstreamRedirectStrategy;
import dev.tidepool.call.UpstreamRoutePlanner;
import dev.tidepool.policy.UpstreamCatalog;

/**
 * Makes light clients over the shared pool: each with its own cookies, redirects and
 * time-outs, and only what these need in its execution chain. Closing one closes nothing.
 */
public final class ClassicClientFactory {

	private final ClassicPool pool;

	private final UpstreamCatalog catalog;

	private final List<Consumer<HttpClientBuilder>> customizers;

	private final UpstreamRoutePlanner routePlanner;

	/**
	 * Create a factory.
	 * @param pool the pool of all clients
	 * @param customizers called for each client
	 */
	public ClassicClientFactory(ClassicPool pool, List<Consumer<HttpClientBuilder>> customizers) {
		this.pool = pool;
		this.catalog = pool.upstreams().catalog();
		this.customizers = List.copyOf(customizers);
		this.routePlanner = new UpstreamRoutePlanner(this.catalog);
	}

	/**
	 * Make a client.
	 * @param caller what its caller asked for
	 * @return the client
	 */
	public CloseableHttpClient create(CallerSettings caller) {
		CredentialsProvider credentials = ProxyCredentials.of(this.catalog);
		Builder builder = new Builder(new CallExec(this.pool.shared(), caller),
				credentials == null && this.customizers.isEmpty());
		RequestConfig.Builder config = RequestConfig.custom()
			// Not a time-out of the request: the upstream's counts
			.setConnectionRequestTimeout(Timeout.DISABLED)
			// Counted by the redirect strategy
			.setMaxRedirects(Integer.MAX_VALUE)
			// Else each GET without TLS offers to change to it
			.setProtocolUpgradeEnabled(false);
		if (caller.cookies() == CallerSettings.Cookies.NONE) {
			builder.disableCookieManagement();
		}
		else if (caller.cookies() == CallerSettings.Cookies.STRICT) {
			config.setCookieSpec(StandardCookieSpec.STRICT);
		}
		builder.setDefaultRequestConfig(config.build());
		builder.setRoutePlanner(this.routePlanner);
		if (caller.followRedirects() && this.catalog.all().stream().anyMatch((each) -> each.redirect().max() > 0)) {
			builder.setRedirectStrategy(new UpstreamRedirectStrategy());
		}
		else {
			builder.disableRedirectHandling();
		}
		if (credentials != null) {
			builder.setDefaultCredentialsProvider(credentials);
		}
		this.customizers.forEach((customizer) -> customizer.accept(builder));
		if (!this.customizers.isEmpty()) {
			builder.addRequestInterceptorLast(LateCheck.INSTANCE);
		}
		builder.setConnectionManager(this.pool.manager());
		builder.setConnectionManagerShared(true);
		builder.disableConnectionState();
		builder.setRequestExecutor(new ExchangeExecutor(this.pool.upstreams().clock()));
		builder.setConnectionReuseStrategy(TrustStrategy.INSTANCE);
		// The record knows better than the pool's wall clock
		builder.setKeepAliveStrategy((response, context) -> TimeValue.NEG_ONE_MILLISECOND);
		return builder.build();
	}

	/**
	 * Puts our elements where HttpClient has its retries, decompresses and connects,
	 * whatever customizers did.
	 */
	private static final class Builder extends HttpClientBuilder {

		private final CallExec callExec;

		private final boolean direct;

		Builder(CallExec callExec, boolean direct) {
			this.callExec = callExec;
			this.direct = direct;
		}

		@Override
		protected void customizeExecChain(NamedElementChain<ExecChainHandler> chain) {
			String name = ChainElement.RETRY.name();
			if (!chain.replace(name, this.callExec)) {
				chain.addBefore(ChainElement.PROTOCOL.name(), this.callExec, name);
			}
			// None where decompression is switched off
			chain.addBefore(ChainElement.COMPRESS.name(), new DecompressionLimit(), DecompressionLimit.NAME);
			if (this.direct) {
				goDirectly(chain);
			}
			else {
				chain.addBefore(ChainElement.CONNECT.name(), TunnelExec.INSTANCE, TunnelExec.class.getSimpleName());
			}
		}

		private static void goDirectly(NamedElementChain<ExecChainHandler> chain) {
			ExecChainHandler protocol = chain.find(ChainElement.PROTOCOL.name()).getValue();
			ExecChainHandler connect = chain.find(ChainElement.CONNECT.name()).getValue();
			chain.replace(ChainElement.PROTOCOL.name(), new DirectExec(protocol, connect));
			chain.remove(ChainElement.CONNECT.name());
		}

	}

}
