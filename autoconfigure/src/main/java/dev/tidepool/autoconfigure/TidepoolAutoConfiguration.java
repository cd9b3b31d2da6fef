package dev.tidepool.autoconfigure;

import java.util.List;
import java.util.function.Consumer;

import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;

import dev.tidepool.HttpClientBuilderCustomizer;
import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.classic.ClassicClientFactory;
import dev.tidepool.classic.ClassicPool;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.policy.PoolLimits;

/**
 * Puts one shared pool behind the seam by which Boot builds the request factory of every
 * RestClient, RestTemplate and HTTP service group. Backs off to a user's own
 * {@link ClientHttpRequestFactoryBuilder}, and where
 * {@code spring.http.clients.imperative.factory} asks for another client.
 */
@AutoConfiguration(after = { SslAutoConfiguration.class, HttpClientAutoConfiguration.class },
		before = ImperativeHttpClientAutoConfiguration.class)
@ConditionalOnClass({ HttpClientBuilder.class, ClientHttpRequestFactoryBuilder.class })
@Conditional({ OnTidepoolEnabledCondition.class, OnHttpComponentsFactoryCondition.class })
@ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
@Import(PoolConfiguration.class)
public final class TidepoolAutoConfiguration {

	TidepoolAutoConfiguration() {
	}

	// Closed by the shared one, which others use too
	@Bean(destroyMethod = "")
	ClassicPool tidepoolClassicPool(SharedPool pool, PoolLimits limits, TlsIdentities tls, BoundedResolver resolver) {
		return new ClassicPool(pool, limits.reuseOrder(), tls, resolver);
	}

	@Bean
	ConnectAhead tidepoolClassicConnectAhead(ClassicPool pool) {
		return pool.connectAhead();
	}

	@Bean
	ClientHttpRequestFactoryBuilder<?> tidepoolClientHttpRequestFactoryBuilder(ClassicPool pool, Partitions partitions,
			ObjectProvider<HttpClientBuilderCustomizer> customizers, ConfigurableListableBeanFactory beanFactory) {
		List<Consumer<HttpClientBuilder>> clientCustomizers = customizers.orderedStream()
			.<Consumer<HttpClientBuilder>>map((customizer) -> customizer::customize)
			.toList();
		ClientHttpRequestFactoryBuilder<?> builder = new TidepoolClientHttpRequestFactoryBuilder(
				new ClassicClientFactory(pool, clientCustomizers), partitions);
		return new BuilderCustomizers(beanFactory).customize(builder);
	}

}
