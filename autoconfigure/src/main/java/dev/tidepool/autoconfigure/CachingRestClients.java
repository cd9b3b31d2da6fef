package dev.tidepool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * {@link RestClient}s that keep what is made of URI templates. Gives HTTP service groups
 * builders of such; those that an application brings for its groups stay.
 */
final class CachingRestClients implements RestClientHttpServiceGroupConfigurer {

	private static final CachingClientBuilder.Kind<RestClient.Builder, RestClient> KIND = new CachingClientBuilder.Kind<>(
			RestClient.Builder.class, RestClient.class, RestClient::builder, RestClient.Builder::clone,
			RestClient.Builder::uriBuilderFactory, RestClient.Builder::build);

	static RestClient.Builder builder() {
		return KIND.newBuilder();
	}

	// Boot's, which tells builders their base URLs, has 10 more than the highest
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 9;
	}

	@Override
	public void configureGroups(Groups<RestClient.Builder> groups) {
		KIND.giveBuildersTo(groups);
	}

	/**
	 * What a native image has to know of the proxies.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			KIND.registerProxies(hints);
		}

	}

}
