package com.example.lab;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * Adds the lab to the sample application, where faults may be made: for one of its
 * experiments it names a proxy in the system's properties, which a client of a real
 * upstream might use.
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty("faults.enabled")
public final class LabAutoConfiguration {

	LabAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	LabRuns labRuns() {
		return new LabRuns(Experiments::all);
	}

	@Bean
	LabController labController(LabRuns runs) {
		return new LabController(runs);
	}

}
