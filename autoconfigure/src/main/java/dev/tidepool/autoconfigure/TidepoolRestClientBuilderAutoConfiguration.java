package dev.tidepool.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientBuilderConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Scope;
import org.springframework.web.client.RestClient;

import dev.tidepool.classic.ClassicPool;

/**
 * The {@link RestClient.Builder}, under the name of Boot's and configured by Boot's
 * configurer, and those of HTTP service groups. Their clients keep what is made of URI
 * templates. Backs off to the user's.
 */
@AutoConfiguration(after = TidepoolAutoConfiguration.class, before = RestClientAutoConfiguration.class)
@ConditionalOnBean(ClassicPool.class)
@ImportRuntimeHints(CachingRestClients.Hints.class)
public final class TidepoolRestClientBuilderAutoConfiguration {

	TidepoolRestClientBuilderAutoConfiguration() {
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnMissingBean
	RestClient.Builder restClientBuilder(RestClientBuilderConfigurer configurer) {
		return configurer.configure(CachingRestClients.builder());
	}

	@Bean
	CachingRestClients tidepoolCachingRestClients() {
		return new CachingRestClients();
	}

}
