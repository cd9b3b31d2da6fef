package dev.tidepool.benchmarks;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler.IgnoredMeters;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link Observations} without long task timers.
 */
@Configuration(proxyBeanMethods = false)
class ShortObservations {

	@Bean
	ObservationRegistry observationRegistry(MeterRegistry meters) {
		return Observations.registry(meters, IgnoredMeters.LONG_TASK_TIMER);
	}

}
