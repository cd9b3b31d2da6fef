package dev.tidepool.testsupport;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.util.ClassUtils;

import dev.tidepool.autoconfigure.TidepoolAutoConfiguration;
import dev.tidepool.autoconfigure.TidepoolReactiveAutoConfiguration;
import dev.tidepool.autoconfigure.TidepoolRestClientAutoConfiguration;
import dev.tidepool.autoconfigure.TidepoolRestClientBuilderAutoConfiguration;
import dev.tidepool.autoconfigure.TidepoolWebClientAutoConfiguration;
import dev.tidepool.autoconfigure.TidepoolWebClientBuilderAutoConfiguration;

/**
 * Application contexts with what an application that adds the starter has.
 */
public final class TestRunners {

	private TestRunners() {
	}

	public static ApplicationContextRunner application() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TidepoolAutoConfiguration.class,
				TidepoolRestClientAutoConfiguration.class, TidepoolRestClientBuilderAutoConfiguration.class,
				SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ImperativeHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
				RestTemplateAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class));
	}

	/**
	 * An application that has WebClient alone.
	 */
	public static ApplicationContextRunner reactiveApplication() {
		return new ApplicationContextRunner().withConfiguration(
				AutoConfigurations.of(TidepoolReactiveAutoConfiguration.class, TidepoolWebClientAutoConfiguration.class,
						TidepoolWebClientBuilderAutoConfiguration.class, SslAutoConfiguration.class,
						HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
						CodecsAutoConfiguration.class, WebClientAutoConfiguration.class));
	}

	/**
	 * An application with all of Tidepool, and what Boot has for both clients.
	 */
	public static ApplicationContextRunner applicationWithBothClients() {
		return allOfTidepool()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
					CodecsAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class,
					WebClientAutoConfiguration.class, RestClientAutoConfiguration.class));
	}

	/**
	 * All that the application's class path has of Tidepool, and nothing of Boot's yet.
	 */
	public static ApplicationContextRunner allOfTidepool() {
		Class<?>[] ofTidepool = ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("dev.tidepool."))
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.toArray(Class[]::new);
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ofTidepool));
	}

}
