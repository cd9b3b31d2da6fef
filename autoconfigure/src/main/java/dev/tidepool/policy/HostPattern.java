package dev.tidepool.policy;

import java.net.URI;
import java.util.Locale;

/**
 * A host as configuration names it: {@code host}, {@code host:port} or {@code *.domain}
 * (any host below the domain, at any depth, not the domain itself).
 *
 * @param host the host or the domain, in lower case, an IPv6 address in brackets
 * @param port the port, or -1 for any
 * @param wildcard whether hosts below the domain are meant
 */
public record HostPattern(String host, int port, boolean wildcard) {

	/**
	 * Read a pattern.
	 * @param key the setting that it comes from
	 * @param text the text
	 * @return the pattern
	 */
	public static HostPattern parse(String key, String text) {
		String value = text.strip().toLowerCase(Locale.ROOT);
		boolean wildcard = value.startsWith("*.");
		String authority = wildcard ? value.substring(2) : value;
		int colon = authority.startsWith("[") ? authority.indexOf("]:") + 1 : authority.lastIndexOf(':');
		String host = (colon > 0) ? authority.substring(0, colon) : authority;
		int port = (colon > 0) ? port(authority.substring(colon + 1)) : -1;
		if (port == 0 || !isHost(host) || (wildcard && host.startsWith("["))) {
			throw new InvalidSettingException(key, ProxySettings.hideUserInfo(text), "is not a host",
					"Set host, host:port or *.domain, without scheme and path.");
		}
		return new HostPattern(host, port, wildcard);
	}

	/**
	 * The pattern that a base URL stands for.
	 * @param baseUrl the URL
	 * @return the pattern of its host and port
	 */
	public static HostPattern of(URI baseUrl) {
		int defaultPort = "https".equalsIgnoreCase(baseUrl.getScheme()) ? 443 : 80;
		return new HostPattern(baseUrl.getHost().toLowerCase(Locale.ROOT),
				(baseUrl.getPort() > 0) ? baseUrl.getPort() : defaultPort, false);
	}

	private static int port(String digits) {
		if (!digits.matches("[0-9]{1,5}")) {
			return 0;
		}
		int port = Integer.parseInt(digits);
		return (port <= 65535) ? port : 0;
	}

	private static boolean isHost(String host) {
		if (host.startsWith("[")) {
			return host.matches("\\[[0-9a-f:.%]+]");
		}
		return host.matches("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?");
	}

	public boolean matches(String otherHost, int otherPort) {
		if (this.port != -1 && this.port != otherPort) {
			return false;
		}
		String name = bare(otherHost).toLowerCase(Locale.ROOT);
		return this.wildcard ? name.length() > this.host.length() + 1 && name.endsWith(this.host)
				&& name.charAt(name.length() - this.host.length() - 1) == '.' : name.equals(bare());
	}

	/**
	 * The host, an IPv6 address without brackets.
	 * @return the host
	 */
	public String bare() {
		return bare(this.host);
	}

	/**
	 * A host, an IPv6 address without the brackets that HttpClient leaves it at times.
	 * @param host the host
	 * @return the host
	 */
	public static String bare(String host) {
		return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
	}

	@Override
	public String toString() {
		return (this.wildcard ? "*." : "") + this.host + ((this.port != -1) ? ":" + this.port : "");
	}

}
