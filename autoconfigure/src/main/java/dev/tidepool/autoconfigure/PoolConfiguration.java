package dev.tidepool.autoconfigure;

import java.net.URI;
import java.util.List;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.call.MinIdle;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.HealthSettings;
import dev.tidepool.policy.PoolLimits;

/**
 * The one pool, which is there as soon as one of the clients is.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TidepoolProperties.class)
class PoolConfiguration {

	@Bean
	PoolLimits tidepoolPoolLimits(TidepoolProperties properties) {
		return new TidepoolPropertiesMapper(properties, new FreeDescriptors()).poolLimits();
	}

	@Bean
	Upstreams tidepoolUpstreams(TidepoolProperties properties, PoolLimits limits) {
		return new Upstreams(new TidepoolPropertiesMapper(properties, new FreeDescriptors()).catalog(),
				limits.maxTotal(), NanoClock.SYSTEM);
	}

	// Here, so that a wrong value is found without Actuator too
	@Bean
	HealthSettings tidepoolHealthSettings(TidepoolProperties properties) {
		return new TidepoolPropertiesMapper(properties, new FreeDescriptors()).healthSettings();
	}

	@Bean
	ConnectionEvents tidepoolConnectionEvents() {
		return new ConnectionEvents();
	}

	@Bean
	TlsIdentities tidepoolTlsIdentities(TidepoolProperties properties, ObjectProvider<SslBundles> sslBundles) {
		TlsIdentities identities = new TlsIdentities(sslBundles.getIfAvailable());
		identities.requireBundlesOf(properties);
		return identities;
	}

	@Bean(destroyMethod = "close")
	BoundedResolver tidepoolResolver() {
		return new BoundedResolver();
	}

	@Bean(destroyMethod = "close")
	SharedPool tidepoolPool(PoolLimits limits, Upstreams upstreams, TlsIdentities tls, ConnectionEvents events,
			TidepoolProperties properties) {
		StartupLog.log(limits, upstreams.catalog(), properties.getPool().getMaxTotal() == null);
		SharedPool pool = new SharedPool(upstreams, events);
		tls.afterRotation(pool::sweepNow);
		return pool;
	}

	@Bean
	PoolLifecycle tidepoolPoolLifecycle(SharedPool pool) {
		return new PoolLifecycle(pool);
	}

	// One for all clients, so that they connect at the same time
	@Bean
	MinIdleLifecycle tidepoolMinIdleLifecycle(ObjectProvider<ConnectAhead> clients, Upstreams upstreams,
			Partitions partitions, TidepoolProperties properties, ObjectProvider<HttpClientSettings> settings) {
		List<URI> keptReady = new TidepoolPropertiesMapper(properties, new FreeDescriptors())
			.keptReady(upstreams.catalog());
		// The partition of a builder that nobody changed
		return new MinIdleLifecycle(new MinIdle(clients.orderedStream().toList(), upstreams,
				() -> partitions.of(settings.getIfAvailable(HttpClientSettings::defaults)), keptReady));
	}

	@Bean
	Partitions tidepoolPartitions(TlsIdentities tls, ObjectProvider<DnsResolver> dnsResolver) {
		return new Partitions(tls, dnsResolver.getIfAvailable(() -> SystemDefaultDnsResolver.INSTANCE));
	}

}
