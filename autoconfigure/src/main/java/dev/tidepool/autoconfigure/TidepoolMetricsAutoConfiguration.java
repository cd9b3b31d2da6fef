package dev.tidepool.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import dev.tidepool.actuate.PoolMeters;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;

/**
 * The pool's meters, where there is a registry for them.
 */
@AutoConfiguration(after = { TidepoolAutoConfiguration.class, TidepoolReactiveAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({ MeterRegistry.class, MeterBinder.class })
@ConditionalOnBean({ SharedPool.class, MeterRegistry.class })
public final class TidepoolMetricsAutoConfiguration {

	TidepoolMetricsAutoConfiguration() {
	}

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean
	PoolMeters tidepoolPoolMeters(Upstreams upstreams, ConnectionEvents events) {
		return new PoolMeters(upstreams, events);
	}

}
