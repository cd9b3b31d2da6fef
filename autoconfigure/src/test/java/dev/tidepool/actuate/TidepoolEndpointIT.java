package dev.tidepool.actuate;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint in a web application on a real port.
 */
class TidepoolEndpointIT {

	@Test
	void x() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ConfigurableApplicationContext context = run("--tidepool.upstreams.orders.base-url=" + server.url(),
						"--tidepool.upstreams.orders.pool.max-per-upstream=20")) {
			context.getBean(RestClient.class).get().uri(server.url()).retrieve().body(String.class);
			System.out.println(actuator(context).get().uri("/tidepool").retrieve().body(String.class));
			System.out.println(actuator(context).get().uri("/tidepool/orders").retrieve().body(String.class));
		}
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		SpringApplication application = new SpringApplication(WebApplication.class);
		application.setRegisterShutdownHook(false);
		return application.run(Stream
			.concat(Stream.of("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
					"--management.endpoints.web.exposure.include=tidepool"), Stream.of(arguments))
			.toArray(String[]::new));
	}

	private static RestClient actuator(ConfigurableApplicationContext context) {
		return RestClient
			.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/actuator");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

	}

}
