package dev.tidepool.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.tidepool.actuate.TidepoolHealthIndicator;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.HealthSettings;

/**
 * The health contributor {@code tidepool}.
 */
@AutoConfiguration(after = { TidepoolAutoConfiguration.class, TidepoolReactiveAutoConfiguration.class },
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({ Health.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(SharedPool.class)
public final class TidepoolHealthContributorAutoConfiguration {

	TidepoolHealthContributorAutoConfiguration() {
	}

	// Nested, since a condition of the health module cannot be evaluated without it
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnEnabledHealthIndicator("tidepool")
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "tidepoolHealthIndicator")
		TidepoolHealthIndicator tidepoolHealthIndicator(Upstreams upstreams, HealthSettings settings) {
			return new TidepoolHealthIndicator(upstreams, settings);
		}

	}

}
