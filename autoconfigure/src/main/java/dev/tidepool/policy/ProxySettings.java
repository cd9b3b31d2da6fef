package dev.tidepool.policy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The proxy, if any.
 *
 * @param url {@code http://host:port}, or {@code null} for none
 * @param useSystem whether the JVM's proxy properties are read
 * @param noProxy hosts that are called directly
 * @param username for the proxy, or {@code null}
 * @param password for the proxy, or {@code null}
 */
public record ProxySettings(@Nullable URI url, boolean useSystem, List<HostPattern> noProxy, @Nullable String username,
		@Nullable String password) {

	public static final ProxySettings NONE = new ProxySettings(null, false, List.of(), null, null);

	private static final String FIX = "Set http://host:port.";

	public ProxySettings {
		noProxy = List.copyOf(noProxy);
		if (url != null && useSystem) {
			throw new InvalidSettingException("use-system", true, "is set together with proxy.url",
					"Keep one of them.");
		}
		if (username != null && url == null) {
			throw new InvalidSettingException("username", username, "is set without proxy.url",
					"Set proxy.url, or remove the user name.");
		}
		if (password != null && username == null) {
			throw new InvalidSettingException("password", "******", "is set without proxy.username",
					"Set proxy.username, or remove the password.");
		}
	}

	/**
	 * Read a proxy URL.
	 * @param text the text, never repeated with its user-info in an error
	 * @return the URL, with a port
	 */
	public static URI parseUrl(String text) {
		URI uri;
		try {
			uri = new URI(text.strip());
		}
		catch (URISyntaxException ex) {
			throw new InvalidSettingException("url", hideUserInfo(text), "is not a URL", FIX);
		}
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		if (uri.getRawUserInfo() != null || text.indexOf('@') >= 0) {
			throw new InvalidSettingException("url", hideUserInfo(text), "holds credentials",
					"Set http://host:port here, and the credentials as proxy.username and proxy.password.");
		}
		if (!scheme.equals("http") || uri.getHost() == null) {
			throw new InvalidSettingException("url", hideUserInfo(text), scheme.isEmpty() || scheme.equals("http")
					? "has no scheme or no host" : "has a scheme that is not supported: only http proxies are", FIX);
		}
		if (uri.getPort() == 0 || uri.getPort() > 65535) {
			throw new InvalidSettingException("url", text, "has no valid port", FIX);
		}
		boolean rootOnly = uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
		if (!rootOnly || uri.getRawQuery() != null || uri.getRawFragment() != null) {
			throw new InvalidSettingException("url", text, "has more than a host and a port", FIX);
		}
		return URI.create("http://" + uri.getHost() + ":" + ((uri.getPort() > 0) ? uri.getPort() : 80));
	}

	/**
	 * Replace the user-info of a URL, which need not be well-formed.
	 * @param url the text
	 * @return the text to show
	 */
	public static String hideUserInfo(String url) {
		int at = url.lastIndexOf('@');
		if (at < 0) {
			return url;
		}
		int scheme = url.indexOf("://");
		return ((scheme >= 0 && scheme < at) ? url.substring(0, scheme + 3) : "") + "******" + url.substring(at);
	}

	/**
	 * Whether calls to a host skip the proxy.
	 * @param host the host name
	 * @param port the port
	 * @return whether the host is called directly
	 */
	public boolean bypasses(String host, int port) {
		for (HostPattern pattern : this.noProxy) {
			if (pattern.matches(host, port)) {
				return true;
			}
		}
		return false;
	}

	@Override
	public String toString() {
		return (this.url != null) ? this.url.toString() : (this.useSystem ? "system" : "none");
	}

}
