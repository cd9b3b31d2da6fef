package dev.tidepool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;

import dev.tidepool.actuate.TidepoolDashboardEndpoint;
import dev.tidepool.connection.SharedPool;

/**
 * The page at the Actuator endpoint {@code tidepooldashboard}, where it is exposed. It is
 * there without the endpoint {@code tidepool} too, to say that this is missing.
 */
@AutoConfiguration(after = { TidepoolAutoConfiguration.class, TidepoolReactiveAutoConfiguration.class })
@ConditionalOnClass({ WebEndpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(SharedPool.class)
public final class TidepoolDashboardAutoConfiguration {

	TidepoolDashboardAutoConfiguration() {
	}

	// Nested, since a condition of Actuator cannot be evaluated without it
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(endpoint = TidepoolDashboardEndpoint.class, exposure = EndpointExposure.WEB)
	@ImportRuntimeHints(Hints.class)
	static class DashboardConfiguration {

		@Bean
		@ConditionalOnMissingBean
		TidepoolDashboardEndpoint tidepoolDashboardEndpoint(ObjectProvider<PathMappedEndpoints> endpoints,
				ApplicationContext resources) {
			// Paths are asked for with each page: to find them is to make all endpoints
			return new TidepoolDashboardEndpoint((id) -> {
				PathMappedEndpoints exposed = endpoints.getIfAvailable();
				return (exposed != null) ? exposed.getRootPath(id) : null;
			}, resources);
		}

	}

	/**
	 * The files that a native image has to contain.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources()
				.registerPattern("dev/tidepool/actuate/dashboard/*")
				.registerPattern("META-INF/resources/webjars/chart.js/*/dist/chart.umd.js");
		}

	}

}
