package com.example.orders;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import reactor.core.scheduler.Schedulers;

/**
 * What blocking clients need on WebFlux. Controllers that return no publisher are called
 * on threads that may block: an event loop that waits for an upstream lets all others
 * wait whom it serves. And there is a builder of {@code RestTemplate}, of which Spring
 * Boot makes none here.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.REACTIVE)
class BlockingOnWebFlux implements WebFluxConfigurer {

	@Override
	public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
		configurer.setExecutor(new TaskExecutorAdapter(Schedulers.boundedElastic()::schedule));
	}

	@Bean
	RestTemplateBuilder restTemplateBuilder(ClientHttpRequestFactoryBuilder<?> factory, HttpClientSettings settings,
			ObjectProvider<RestTemplateCustomizer> customizers) {
		return new RestTemplateBuilder().requestFactoryBuilder(factory)
			.clientSettings(settings)
			.customizers(customizers.orderedStream().toList());
	}

}
