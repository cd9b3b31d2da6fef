package dev.tidepool.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.actuate.findings.Findings;
import dev.tidepool.actuate.findings.History;
import dev.tidepool.async.AsyncPool;
import dev.tidepool.classic.ClassicPool;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;

/**
 * What is found wrong with the pool, where Actuator can show it.
 */
@AutoConfiguration(after = { TidepoolAutoConfiguration.class, TidepoolReactiveAutoConfiguration.class })
@ConditionalOnClass(name = "org.springframework.boot.actuate.endpoint.annotation.Endpoint")
@ConditionalOnBean(SharedPool.class)
public final class TidepoolFindingsAutoConfiguration {

	TidepoolFindingsAutoConfiguration() {
	}

	// Findings that nobody asked for are told in the log
	@Bean
	static LazyInitializationExcludeFilter tidepoolFindingsLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(Findings.class);
	}

	@Bean
	PoolBypasses tidepoolPoolBypasses(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<ClientLook<?>> looks) {
		return new PoolBypasses(beanFactory, looks.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	Findings tidepoolFindings(Upstreams upstreams, ConnectionEvents events, PoolBypasses bypasses) {
		List<Finding> versions = TestedVersions.check();
		Findings findings = new Findings(upstreams, new History(upstreams), List.of(() -> versions, bypasses));
		events.add(findings);
		return findings;
	}

	/**
	 * Not where all of these were left to another client.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(ClassicPool.class)
	static class BlockingClients {

		@Bean
		@Order(0)
		ClientLook<RestClient> tidepoolRestClientLook() {
			return new ClientLook<>(RestClient.class, PoolProbe::ask);
		}

		@Bean
		@Order(1)
		ClientLook<RestTemplate> tidepoolRestTemplateLook() {
			return new ClientLook<>(RestTemplate.class, (template) -> PoolProbe.ask(template.getRequestFactory()));
		}

		@Bean
		@Order(2)
		ClientLook<ClientHttpRequestFactory> tidepoolRequestFactoryLook() {
			return new ClientLook<>(ClientHttpRequestFactory.class, PoolProbe::ask);
		}

	}

	/**
	 * Not where there is no WebClient, or all were left to another client.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebClient.class)
	@ConditionalOnBean(AsyncPool.class)
	static class ReactiveClients {

		@Bean
		@Order(3)
		ClientLook<WebClient> tidepoolWebClientLook() {
			return new ClientLook<>(WebClient.class, ReactivePoolProbe::ask);
		}

		@Bean
		@Order(4)
		ClientLook<ClientHttpConnector> tidepoolConnectorLook() {
			return new ClientLook<>(ClientHttpConnector.class, ReactivePoolProbe::ask);
		}

	}

}
