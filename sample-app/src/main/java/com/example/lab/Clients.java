package com.example.lab;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.tidepool.autoconfigure.TidepoolAutoConfiguration;

/**
 * The clients of an application that sets these properties and no others: neither the
 * system's nor those of the application that the lab is part of.
 */
final class Clients implements AutoCloseable {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final Queue<ClientHttpRequestFactory> factories = new ConcurrentLinkedQueue<>();

	Clients(Map<String, Object> properties, Map<String, SslBundle> bundles) {
		PropertiesAlone environment = new PropertiesAlone();
		environment.getPropertySources().addFirst(new MapPropertySource("lab", properties));
		this.context.setEnvironment(environment);
		this.context.register(Configuration.class);
		this.context.registerBean("labBundles", SslBundleRegistrar.class,
				() -> (registry) -> bundles.forEach(registry::registerBundle));
		this.context.refresh();
	}

	/**
	 * Make a client as Boot's {@code RestClient.Builder} bean makes one, whoever asks for
	 * it.
	 * @param baseUrl whom it calls
	 * @return the client
	 */
	RestClient create(String baseUrl) {
		ClientHttpRequestFactory factory = builder().build(this.context.getBean(HttpClientSettings.class));
		this.factories.add(factory);
		return RestClient.builder().baseUrl(baseUrl).requestFactory(factory).build();
	}

	ClientHttpRequestFactoryBuilder<?> builder() {
		return this.context.getBean(ClientHttpRequestFactoryBuilder.class);
	}

	/**
	 * Replace an SSL bundle, as {@code reload-on-update} does when its files change.
	 */
	void updateBundle(String name, SslBundle bundle) {
		this.context.getBean(SslBundleRegistry.class).updateBundle(name, bundle);
	}

	@Override
	public void close() {
		this.factories.forEach(Clients::destroy);
		this.context.close();
	}

	private static void destroy(ClientHttpRequestFactory factory) {
		if (factory instanceof DisposableBean disposable) {
			try {
				disposable.destroy();
			}
			catch (Exception ex) {
				throw new IllegalStateException("Could not close a client", ex);
			}
		}
	}

	/**
	 * What {@code spring-boot-starter-restclient} and Tidepool configure, in the order
	 * that they ask for.
	 */
	@ImportAutoConfiguration({ SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
			TidepoolAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class })
	private static final class Configuration {

	}

	private static final class PropertiesAlone extends StandardEnvironment {

		@Override
		protected void customizePropertySources(MutablePropertySources propertySources) {
		}

	}

}
