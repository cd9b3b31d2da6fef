package dev.tidepool.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.async.AsyncPool;

/**
 * One ready {@link WebClient}, for applications that need no builder of their own. Backs
 * off to the user's.
 */
@AutoConfiguration(after = { TidepoolReactiveAutoConfiguration.class, WebClientAutoConfiguration.class })
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

}
