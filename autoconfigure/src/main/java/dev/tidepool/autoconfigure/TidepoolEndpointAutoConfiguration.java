package dev.tidepool.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import dev.tidepool.actuate.TidepoolEndpoint;
import dev.tidepool.actuate.TidepoolEndpointWebExtension;
import dev.tidepool.actuate.findings.Findings;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.PoolLimits;

/**
 * The Actuator endpoint {@code tidepool}, where it is exposed.
 */
@AutoConfiguration(after = { TidepoolAutoConfiguration.class, TidepoolReactiveAutoConfiguration.class })
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(SharedPool.class)
public final class TidepoolEndpointAutoConfiguration {

	TidepoolEndpointAutoConfiguration() {
	}

	// Nested, since a condition of Actuator cannot be evaluated without it
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(TidepoolEndpoint.class)
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnMissingBean
		TidepoolEndpoint tidepoolEndpoint(Upstreams upstreams, SharedPool pool, PoolLimits limits,
				ObjectProvider<Findings> findings, Environment environment) {
			return new TidepoolEndpoint(upstreams, pool,
					new PropertySettings(new PropertyOrigins(environment), upstreams, limits),
					() -> findings.stream().flatMap((each) -> each.current().stream()).toList());
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(TidepoolEndpoint.class)
		@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
		TidepoolEndpointWebExtension tidepoolEndpointWebExtension(TidepoolEndpoint endpoint) {
			return new TidepoolEndpointWebExtension(endpoint);
		}

	}

}
