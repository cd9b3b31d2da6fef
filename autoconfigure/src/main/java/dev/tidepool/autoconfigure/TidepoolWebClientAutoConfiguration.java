package dev.tidepool.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.async.AsyncPool;

/**
 * What each {@link WebClient} on the pool has to itself, and one ready {@link WebClient},
 * for applications that need no builder of their own. The latter backs off to the user's.
 */
@AutoConfiguration(after = { TidepoolReactiveAutoConfiguration.class, WebClientAutoConfiguration.class,
		ReactiveHttpServiceClientAutoConfiguration.class })
@ConditionalOnClass({ WebClient.class, WebClientAutoConfiguration.class })
@ConditionalOnBean({ AsyncPool.class, WebClient.Builder.class })
public final class TidepoolWebClientAutoConfiguration {

	TidepoolWebClientAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	WebClient webClient(WebClient.Builder builder) {
		return builder.build();
	}

	// The order of Boot's, which is registered before, and no user's comes between
	@Bean
	@Order(0)
	OwnConnectors tidepoolOwnConnectors(ObjectProvider<ClientHttpConnector> connector) {
		return new OwnConnectors(connector);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(HttpServiceClientProperties.class)
	static class ServiceGroups {

		@Bean
		GroupConnectors tidepoolGroupConnectors(HttpServiceClientProperties properties,
				ObjectProvider<SslBundles> sslBundles, ObjectProvider<HttpClientSettings> settings,
				ClientHttpConnectorBuilder<?> builder, OwnConnectors connectors) {
			return new GroupConnectors(properties,
					new HttpClientSettingsPropertyMapper(sslBundles.getIfAvailable(), settings.getIfAvailable()),
					builder, connectors);
		}

	}

}
