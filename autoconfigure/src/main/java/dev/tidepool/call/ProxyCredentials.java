package dev.tidepool.call;

import java.net.URI;

import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.ProxySettings;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * The user names and passwords that proxies ask for.
 */
public final class ProxyCredentials {

	private ProxyCredentials() {
	}

	/**
	 * The credentials for all proxies.
	 * @param catalog the settings of all upstreams
	 * @return the credentials, or {@code null} if there are none
	 */
	public static @Nullable CredentialsProvider of(UpstreamCatalog catalog) {
		BasicCredentialsProvider credentials = new BasicCredentialsProvider();
		boolean any = false;
		for (UpstreamSettings upstream : catalog.all()) {
			ProxySettings proxy = upstream.proxy();
			URI url = proxy.url();
			String username = proxy.username();
			if (url != null && username != null) {
				String password = proxy.password();
				credentials.setCredentials(new AuthScope(url.getHost(), url.getPort()), new UsernamePasswordCredentials(
						username, (password != null) ? password.toCharArray() : new char[0]));
				any = true;
			}
		}
		return any ? credentials : null;
	}

}
