package dev.tidepool.policy;

import org.jspecify.annotations.Nullable;

/**
 * Everything that can differ from upstream to upstream.
 *
 * @param name the name under {@code tidepool.upstreams}, or {@code null} for the defaults
 * that hold for every host without one
 * @param pool limits
 * @param keepAlive trust in idle connections
 * @param timeout bounds of each phase
 * @param retry repeats
 * @param drain what is read of bodies that nobody wants
 * @param limits how much of a response is taken
 * @param maxRedirects redirects that one call follows, 0 for none
 * @param proxy the proxy
 * @param sslBundle name of the SSL bundle, or {@code null} for the JVM's defaults
 */
public record UpstreamSettings(@Nullable String name, PoolSettings pool, KeepAliveSettings keepAlive,
		TimeoutSettings timeout, RetrySettings retry, DrainSettings drain, ResponseLimits limits, int maxRedirects,
		ProxySettings proxy, @Nullable String sslBundle) {

	public static final UpstreamSettings DEFAULTS = new UpstreamSettings(null, PoolSettings.DEFAULTS,
			KeepAliveSettings.DEFAULTS, TimeoutSettings.DEFAULTS, RetrySettings.DEFAULTS, DrainSettings.DEFAULTS,
			ResponseLimits.DEFAULTS, 10, ProxySettings.NONE, null);

	public UpstreamSettings {
		InvalidSettingException.require("redirect.max", maxRedirects, (max) -> max >= 0, "must not be negative",
				"Set 0 to follow none.");
	}

	/**
	 * The property that changes a setting for these upstreams alone, if they have a name.
	 * @param key the key within the settings of an upstream
	 * @return the full name
	 */
	public String property(String key) {
		return ((this.name != null) ? propertiesOf(this.name) : "tidepool") + "." + key;
	}

	/**
	 * The group of properties of a named upstream.
	 * @param name the name, which is in brackets if it could not be read without
	 * @return the name of the group
	 */
	public static String propertiesOf(String name) {
		return name.matches("[A-Za-z0-9-]+") ? "tidepool.upstreams." + name : "tidepool.upstreams[" + name + "]";
	}

}
