package dev.tidepool.connection;

import org.jspecify.annotations.Nullable;

/**
 * What limits, budget and everything learned are counted by.
 *
 * @param scheme {@code http} or {@code https}
 * @param host the host in lower case
 * @param port the port
 * @param proxy the proxy on the way as {@code host:port}, or {@code null}
 */
public record UpstreamKey(String scheme, String host, int port, @Nullable String proxy) {

	public boolean isSecure() {
		return "https".equals(this.scheme);
	}

	/**
	 * The name of an upstream that configuration gave none.
	 * @return {@code host:port}, an IPv6 address in brackets
	 */
	public String hostAndPort() {
		return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
	}

	/**
	 * The address without the way to it.
	 * @return {@code scheme://host:port}
	 */
	public String address() {
		return this.scheme + "://" + hostAndPort();
	}

	@Override
	public String toString() {
		return address() + ((this.proxy != null) ? " via " + this.proxy : "");
	}

}
