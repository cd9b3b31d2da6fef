package cloud;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring Cloud's refresh of a running application.
 */
@Timeout(120)
class RefreshTests {

	private static final String LIMIT = "tidepool.pool.max-per-upstream";

	@Test
	void refreshLeavesThePoolAsItIsAndClientsOfItsScopeUseItOn() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
					.web(WebApplicationType.NONE)
					.properties("spring.main.banner-mode=off", LIMIT + "=5", "tidepool.upstreams.own.base-url=" + server.url())
					.run()) {
			RestClient client = context.getBean("refreshed", RestClient.class);
			Upstreams upstreams = context.getBean(Upstreams.class);
			assertThat(get(client, server)).isEqualTo("fine");
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("changed", Map.of(LIMIT, "7")));
			context.publishEvent(new EnvironmentChangeEvent(context, Set.of(LIMIT)));
			context.getBean(org.springframework.cloud.context.scope.refresh.RefreshScope.class).refreshAll();
			assertThat(get(client, server)).isEqualTo("fine");
			assertThat(upstreams.maxPerUpstream("own")).isEqualTo(5);
			// What the endpoint does
			context.getBean(PoolControl.class).maxPerUpstream("own", 7);
			assertThat(upstreams.maxPerUpstream("own")).isEqualTo(7);
			assertThat(server.accepted()).isOne();
			assertThat(server.requests()).isEqualTo(2);
		}
	}

	private static String get(RestClient client, ScriptedServer server) {
		return client.get().uri(server.uri("/")).retrieve().body(String.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@RefreshScope
		RestClient refreshed(RestClient.Builder builder) {
			return builder.build();
		}

	}

}
