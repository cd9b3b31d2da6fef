package dev.tidepool.benchmarks;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler.IgnoredMeters;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What Actuator adds: Boot has each call observed, and each observation is timed.
 */
@Configuration(proxyBeanMethods = false)
class Observations {

	@Bean
	ObservationRegistry observationRegistry(MeterRegistry meters) {
		return registry(meters);
	}

	static ObservationRegistry registry(MeterRegistry meters, IgnoredMeters... ignored) {
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters, ignored));
		return observations;
	}

}
