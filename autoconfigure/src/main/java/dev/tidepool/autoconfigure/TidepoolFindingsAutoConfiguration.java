package dev.tidepool.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.actuate.findings.Findings;
import dev.tidepool.actuate.findings.History;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;

/**
 * What is found wrong with the pool, where Actuator can show it.
 */
@AutoConfiguration(after = { TidepoolAutoConfiguration.class, TidepoolReactiveAutoConfiguration.class })
@ConditionalOnClass(name = "org.springframework.boot.actuate.endpoint.annotation.Endpoint")
@ConditionalOnBean(SharedPool.class)
public final class TidepoolFindingsAutoConfiguration {

	TidepoolFindingsAutoConfiguration() {
	}

	// Findings that nobody asked for are told in the log
	@Bean
	static LazyInitializationExcludeFilter tidepoolFindingsLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(Findings.class);
	}

	@Bean
	PoolBypasses tidepoolPoolBypasses(ConfigurableListableBeanFactory beanFactory) {
		return new PoolBypasses(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	Findings tidepoolFindings(Upstreams upstreams, ConnectionEvents events, PoolBypasses bypasses) {
		List<Finding> versions = TestedVersions.check();
		Findings findings = new Findings(upstreams, new History(upstreams), List.of(() -> versions, bypasses));
		events.add(findings);
		return findings;
	}

}
