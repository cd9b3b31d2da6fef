package integrations;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.client.OAuth2ClientHttpRequestInterceptor;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.oauth2.client.web.client.RequestAttributeClientRegistrationIdResolver.clientRegistrationId;

/**
 * Spring Security's interceptor for OAuth2 on a RestClient, with a token endpoint and a
 * resource of its own.
 */
@Timeout(60)
class OAuth2Tests {

	private final AtomicInteger tokens = new AtomicInteger();

	private ScriptedServer tokenEndpoint;

	private ScriptedServer resource;

	@BeforeEach
	void start() throws Exception {
		this.tokenEndpoint = ScriptedServer.start((exchange) -> exchange.respond(200,
				"{\"access_token\":\"token-%d\",\"token_type\":\"Bearer\",\"expires_in\":300}"
					.formatted(this.tokens.incrementAndGet()),
				"Content-Type: application/json"));
		this.resource = ScriptedServer.start((exchange) -> {
			if (exchange.request().header("Authorization") == null) {
				exchange.respond(401, "who?");
			}
			else {
				exchange.respond((exchange.attempt() == 1) ? 503 : 200, "fine");
			}
		});
	}

	@AfterEach
	void stop() throws Exception {
		this.tokenEndpoint.close();
		this.resource.close();
	}

	@Test
	void callsCarryTheTokenInEachAttemptAndTheTokenIsFetchedOnce() {
		try (ConfigurableApplicationContext context = application(TokensOfSecurity.class)) {
			get(context, "one");
			get(context, "two");
			assertThat(upstreams(context)).containsExactly("orders");
		}
		assertThat(this.resource.requests("one")).isEqualTo(2);
		assertThat(this.resource.requests("two")).isEqualTo(2);
		assertThat(this.resource.log()).extracting((request) -> request.header("Authorization"))
			.containsOnly("Bearer token-1");
		assertThat(this.resource.accepted()).isOne();
		// Fetched by a client that Spring Security makes for itself, beside the pool
		assertThat(this.tokenEndpoint.requests()).isOne();
	}

	@Test
	void tokensAreFetchedThroughThePoolWhereTheirClientIsGivenABuilder() {
		try (ConfigurableApplicationContext context = application(TokensThroughThePool.class)) {
			get(context, "one");
			get(context, "two");
			assertThat(upstreams(context)).containsExactlyInAnyOrder("orders", "tokens");
		}
		assertThat(this.resource.log()).extracting((request) -> request.header("Authorization"))
			.containsOnly("Bearer token-1");
		assertThat(this.tokenEndpoint.log()).singleElement().satisfies((request) -> {
			assertThat(request.method()).isEqualTo("POST");
			assertThat(request.header("Authorization")).startsWith("Basic ");
			assertThat(new String(request.body())).contains("grant_type=client_credentials");
		});
	}

	private void get(ConfigurableApplicationContext context, String id) {
		assertThat(context.getBean("orders", RestClient.class)
			.get()
			.uri(this.resource.uri("/"))
			.header("X-Id", id)
			.retrieve()
			.body(String.class)).isEqualTo("fine");
	}

	private static Stream<String> upstreams(ConfigurableApplicationContext context) {
		return context.getBean(Upstreams.class).stats().stream().map(UpstreamStats::tag);
	}

	private ConfigurableApplicationContext application(Class<?> tokens) {
		String registration = "spring.security.oauth2.client.registration.orders.";
		return new SpringApplicationBuilder(Application.class, tokens).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", registration + "provider=own",
					registration + "authorization-grant-type=client_credentials", registration + "client-id=me",
					registration + "client-secret=secret",
					"spring.security.oauth2.client.provider.own.token-uri=" + this.tokenEndpoint.url() + "/token",
					"tidepool.upstreams.orders.base-url=" + this.resource.url(),
					"tidepool.upstreams.tokens.base-url=" + this.tokenEndpoint.url(),
					"tidepool.retry.backoff.initial=1ms")
			.run();
	}

	private static OAuth2AuthorizedClientManager manager(ClientRegistrationRepository registrations,
			OAuth2AuthorizedClientService clients, RestClientClientCredentialsTokenResponseClient tokens) {
		AuthorizedClientServiceOAuth2AuthorizedClientManager manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
				registrations, clients);
		manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder()
			.clientCredentials((clientCredentials) -> clientCredentials.accessTokenResponseClient(tokens))
			.build());
		return manager;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		RestClient orders(RestClient.Builder builder, OAuth2AuthorizedClientManager manager) {
			return builder.requestInterceptor(new OAuth2ClientHttpRequestInterceptor(manager))
				.defaultRequest((request) -> request.attributes(clientRegistrationId("orders")))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TokensOfSecurity {

		@Bean
		OAuth2AuthorizedClientManager manager(ClientRegistrationRepository registrations,
				OAuth2AuthorizedClientService clients) {
			return OAuth2Tests.manager(registrations, clients, new RestClientClientCredentialsTokenResponseClient());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TokensThroughThePool {

		@Bean
		OAuth2AuthorizedClientManager manager(ClientRegistrationRepository registrations,
				OAuth2AuthorizedClientService clients, RestClient.Builder builder) {
			RestClientClientCredentialsTokenResponseClient tokens = new RestClientClientCredentialsTokenResponseClient();
			tokens.setRestClient(builder
				.configureMessageConverters((converters) -> converters.disableDefaults()
					.addCustomConverter(new FormHttpMessageConverter())
					.addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
				.defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
				.build());
			return OAuth2Tests.manager(registrations, clients, tokens);
		}

	}

}
