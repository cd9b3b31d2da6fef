package dev.tidepool.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Scope;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.async.AsyncPool;

/**
 * The {@link WebClient.Builder}, under the name of Boot's and customized as Boot's is,
 * and those of HTTP service groups. Their clients keep what is made of URI templates.
 * Backs off to the user's.
 */
@AutoConfiguration(after = TidepoolReactiveAutoConfiguration.class,
		before = { WebClientAutoConfiguration.class, ReactiveHttpServiceClientAutoConfiguration.class })
@ConditionalOnClass({ WebClient.class, WebClientAutoConfiguration.class })
@ConditionalOnBean(AsyncPool.class)
@ImportRuntimeHints(CachingWebClients.Hints.class)
public final class TidepoolWebClientBuilderAutoConfiguration {

	TidepoolWebClientBuilderAutoConfiguration() {
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnMissingBean
	WebClient.Builder webClientBuilder(ObjectProvider<WebClientCustomizer> customizers) {
		WebClient.Builder builder = CachingWebClients.builder();
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder;
	}

	@Bean
	CachingWebClients tidepoolCachingWebClients() {
		return new CachingWebClients();
	}

}
