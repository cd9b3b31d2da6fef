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

	static RestClient.Builder builder() {
		return CachingClientBuilder.around(RestClient.builder(),
				new CachingClientBuilder.Kind<>(RestClient.Builder.class, RestClient.class, RestClient.Builder::clone,
						RestClient.Builder::uriBuilderFactory, RestClient.Builder::build));
	}

	// Boot's, which tells builders their base URLs, has 10 more than the highest
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 9;
	}

	@Override
	public void configureGroups(Groups<RestClient.Builder> groups) {
		try {
			groups.forEachClient((group) -> builder());
		}
		catch (IllegalStateException ex) {
			// A group has a builder already, and nothing but this says so
		}
	}

	/**
	 * What a native image has to know of the proxies.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.proxies().registerJdkProxy(RestClient.class).registerJdkProxy(RestClient.Builder.class);
		}

	}

}
