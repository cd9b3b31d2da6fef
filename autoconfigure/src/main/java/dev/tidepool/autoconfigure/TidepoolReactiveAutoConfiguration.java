package dev.tidepool.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.async.AsyncClientFactory;
import dev.tidepool.async.AsyncPool;
import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.policy.PoolLimits;

/**
 * Puts the shared pool behind the seam by which Boot builds the connector of every
 * WebClient and of HTTP service groups on it. Backs off to a user's own
 * {@link ClientHttpConnectorBuilder}, and where
 * {@code spring.http.clients.reactive.connector} asks for another client.
 */
@AutoConfiguration(after = { SslAutoConfiguration.class, HttpClientAutoConfiguration.class },
		before = ReactiveHttpClientAutoConfiguration.class)
@ConditionalOnClass({ WebClient.class, ClientHttpConnectorBuilder.class })
@Conditional({ OnTidepoolEnabledCondition.class, OnHttpComponentsConnectorCondition.class })
@ConditionalOnMissingBean(ClientHttpConnectorBuilder.class)
@Import(PoolConfiguration.class)
public final class TidepoolReactiveAutoConfiguration {

	TidepoolReactiveAutoConfiguration() {
	}

	// Closed by the shared one
	@Bean(destroyMethod = "")
	AsyncPool tidepoolAsyncPool(SharedPool pool, PoolLimits limits, TlsIdentities tls, BoundedResolver resolver) {
		// Read from files, which an I/O thread must not do
		pool.upstreams().catalog().all().forEach(tls::of);
		return new AsyncPool(pool, limits.reuseOrder(), tls, resolver);
	}

	@Bean
	ConnectAhead tidepoolAsyncConnectAhead(AsyncPool pool) {
		return pool.connectAhead();
	}

	@Bean
	ClientHttpConnectorBuilder<?> tidepoolClientHttpConnectorBuilder(AsyncPool pool, Partitions partitions,
			ConfigurableListableBeanFactory beanFactory) {
		ClientHttpConnectorBuilder<?> builder = new TidepoolClientHttpConnectorBuilder(new AsyncClientFactory(pool),
				partitions);
		return new ConnectorCustomizers(beanFactory).customize(builder);
	}

}
