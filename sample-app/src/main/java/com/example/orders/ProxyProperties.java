package com.example.orders;

import java.net.URI;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What can be reached through the {@link ProxyController}.
 *
 * @param upstreams base URLs, without a slash at their end, by the names that they have
 * in its paths
 */
@ConfigurationProperties("proxy")
record ProxyProperties(Map<String, URI> upstreams) {

	ProxyProperties {
		upstreams = (upstreams != null) ? Map.copyOf(upstreams) : Map.of();
	}

}
