package dev.tidepool.call;

import java.net.ProxySelector;
import java.net.URI;

import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.ProxySettings;
import dev.tidepool.policy.UpstreamCatalog;

/**
 * Sends a call through the proxy of its upstream. The JVM's proxy properties count only
 * where they were asked for.
 */
public final class UpstreamRoutePlanner extends SystemDefaultRoutePlanner {

	private final UpstreamCatalog catalog;

	private final boolean anyProxy;

	public UpstreamRoutePlanner(UpstreamCatalog catalog) {
		super(DefaultSchemePortResolver.INSTANCE, ProxySelector.getDefault());
		this.catalog = catalog;
		this.anyProxy = catalog.all()
			.stream()
			.anyMatch((upstream) -> upstream.proxy().url() != null || upstream.proxy().useSystem());
	}

	@Override
	protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) throws HttpException {
		if (!this.anyProxy) {
			return null;
		}
		int port = DefaultSchemePortResolver.INSTANCE.resolve(target.getSchemeName(), target);
		ProxySettings proxy = this.catalog.find(target.getHostName(), port).proxy();
		if (proxy.bypasses(target.getHostName(), port)) {
			return null;
		}
		URI url = proxy.url();
		if (url != null) {
			return new HttpHost(url.getScheme(), url.getHost(), url.getPort());
		}
		return proxy.useSystem() ? super.determineProxy(target, context) : null;
	}

}
