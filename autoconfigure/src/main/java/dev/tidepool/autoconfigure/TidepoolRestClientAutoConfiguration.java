package dev.tidepool.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientBuilderConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

import dev.tidepool.classic.ClassicPool;

/**
 * One ready {@link RestClient}, for applications that need no builder of their own. Backs
 * off to the user's.
 */
@AutoConfiguration(after = { TidepoolAutoConfiguration.class, RestClientAutoConfiguration.class })
@ConditionalOnBean({ ClassicPool.class, RestClient.Builder.class, RestClientBuilderConfigurer.class })
public final class TidepoolRestClientAutoConfiguration {

	TidepoolRestClientAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	RestClient restClient(RestClient.Builder builder) {
		return builder.build();
	}

}
