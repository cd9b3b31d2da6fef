package dev.tidepool.autoconfigure;

import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * Gives HTTP service groups builders that keep what is made of URI templates. Those that
 * an application brings for its groups stay.
 */
final class CachingGroupBuilders implements RestClientHttpServiceGroupConfigurer {

	// Boot's, which tells builders their base URLs, has 10 more than the highest
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 9;
	}

	@Override
	public void configureGroups(Groups<RestClient.Builder> groups) {
		try {
			groups.forEachClient((group) -> CachingRestClientBuilder.create());
		}
		catch (IllegalStateException ex) {
			// A group has a builder already, and nothing but this says so
		}
	}

}
