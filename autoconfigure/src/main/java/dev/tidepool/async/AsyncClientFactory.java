package dev.tidepool.async;

import java.io.IOException;

import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.StandardCookieSpec;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.protocol.RequestAddCookies;
import org.apache.hc.client5.http.protocol.RequestExpectContinue;
import org.apache.hc.client5.http.protocol.ResponseProcessCookies;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.HttpResponseInterceptor;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.http.protocol.RequestConnControl;
import org.apache.hc.core5.http.protocol.RequestContent;
import org.apache.hc.core5.http.protocol.RequestTargetHost;
import org.apache.hc.core5.http.protocol.RequestUserAgent;
import org.apache.hc.core5.util.VersionInfo;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.CallerSettings;
import dev.tidepool.call.CallerSettings.Cookies;
import dev.tidepool.call.ProxyCredentials;
import dev.tidepool.call.UpstreamRedirectStrategy;
import dev.tidepool.call.UpstreamRoutePlanner;
import dev.tidepool.policy.UpstreamCatalog;

/**
 * Makes light clients over the shared connections: each with its own cookies, redirects
 * and time-outs, and only what these need in its chain. None has anything to close.
 */
public final class AsyncClientFactory {

	private static final String USER_AGENT = VersionInfo.getSoftwareInfo("Apache-HttpAsyncClient",
			"org.apache.hc.client5", AsyncClientFactory.class);

	private final AsyncPool pool;

	private final UpstreamRoutePlanner routePlanner;

	private final HttpClientChain elements;

	private final CredentialsProvider credentials;

	private final boolean anyRedirects;

	/**
	 * Create a factory.
	 * @param pool the connections of all clients
	 */
	public AsyncClientFactory(AsyncPool pool) {
		UpstreamCatalog catalog = pool.upstreams().catalog();
		this.pool = pool;
		this.routePlanner = new UpstreamRoutePlanner(catalog);
		this.elements = new HttpClientChain(this.routePlanner, new UpstreamRedirectStrategy());
		CredentialsProvider credentials = ProxyCredentials.of(catalog);
		this.credentials = (credentials != null) ? credentials : new BasicCredentialsProvider();
		this.anyRedirects = catalog.all().stream().anyMatch((each) -> each.redirect().max() > 0);
	}

	/**
	 * Make a client.
	 * @param caller what its caller asked for
	 * @return the client
	 */
	public AsyncClient create(CallerSettings caller) {
		RequestConfig.Builder config = RequestConfig.custom()
			// Counted by the redirect strategy
			.setMaxRedirects(Integer.MAX_VALUE);
		if (caller.cookies() == Cookies.STRICT) {
			config.setCookieSpec(StandardCookieSpec.STRICT);
		}
		return new AsyncClient(this.pool, caller, config.build(), this.routePlanner, this.credentials, chain(caller));
	}

	private AsyncExecChain chain(CallerSettings caller) {
		AsyncExecChain chain = new Link(new ExchangeExec(processor(caller.cookies())), null);
		chain = new Link(this.elements.element(ChainElement.CONNECT), chain);
		chain = new Link(new TunnelExec(), chain);
		chain = new Link(this.elements.element(ChainElement.PROTOCOL), chain);
		chain = new Link(new CallExec(this.pool.shared()), chain);
		if (caller.followRedirects() && this.anyRedirects) {
			chain = new Link(this.elements.element(ChainElement.REDIRECT), chain);
		}
		return chain;
	}

	private static DefaultHttpProcessor processor(Cookies cookies) {
		RequestTargetHost host = new RequestTargetHost();
		RequestContent content = new RequestContent();
		RequestConnControl control = new RequestConnControl();
		RequestUserAgent agent = new RequestUserAgent(USER_AGENT);
		RequestExpectContinue expect = new RequestExpectContinue();
		if (cookies == Cookies.NONE) {
			return new DefaultHttpProcessor(host, content, control, agent, expect);
		}
		return new DefaultHttpProcessor(
				new HttpRequestInterceptor[] { host, content, control, agent, expect, RequestAddCookies.INSTANCE },
				new HttpResponseInterceptor[] { ResponseProcessCookies.INSTANCE });
	}

	/**
	 * An element of the chain with those that follow it.
	 */
	private record Link(AsyncExecChainHandler handler, @Nullable AsyncExecChain next) implements AsyncExecChain {

		@Override
		public void proceed(HttpRequest request, @Nullable AsyncEntityProducer body, Scope scope,
				AsyncExecCallback callback) throws HttpException, IOException {
			this.handler.execute(request, body, scope, this.next, callback);
		}

	}

}
