package dev.tidepool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/**
 * {@link WebClient}s that keep what is made of URI templates. Gives HTTP service groups
 * builders of such; those that an application brings for its groups stay.
 */
final class CachingWebClients implements WebClientHttpServiceGroupConfigurer {

	private static final CachingClientBuilder.Kind<WebClient.Builder, WebClient> KIND = new CachingClientBuilder.Kind<>(
			WebClient.Builder.class, WebClient.class, WebClient::builder, WebClient.Builder::clone,
			WebClient.Builder::uriBuilderFactory, WebClient.Builder::build);

	static WebClient.Builder builder() {
		return KIND.newBuilder();
	}

	// As Boot's, which tells builders their base URLs and is registered later
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
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
