package dev.tidepool.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import dev.tidepool.actuate.ObservedAttempts;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.SharedPool;

/**
 * Attempts as events of the observations of their calls, where there is a registry for
 * these.
 */
@AutoConfiguration(after = { TidepoolAutoConfiguration.class, TidepoolReactiveAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean({ SharedPool.class, ObservationRegistry.class })
public final class TidepoolObservationAutoConfiguration {

	TidepoolObservationAutoConfiguration() {
	}

	// Nobody asks for it
	@Bean
	static LazyInitializationExcludeFilter tidepoolObservedAttemptsLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(ObservedAttempts.class);
	}

	@Bean
	@ConditionalOnMissingBean
	ObservedAttempts tidepoolObservedAttempts(ObservationRegistry registry, ConnectionEvents events) {
		ObservedAttempts attempts = new ObservedAttempts(registry);
		events.add(attempts);
		return attempts;
	}

}
