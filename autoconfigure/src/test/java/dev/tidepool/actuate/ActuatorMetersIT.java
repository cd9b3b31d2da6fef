package dev.tidepool.actuate;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The meters as Actuator shows them in a web application on a real port.
 */
class ActuatorMetersIT {

	@Test
	void everyMeterIsReadableAtMetricsAndPrometheus() throws Exception {
		SpringApplication application = new SpringApplication(WebApplication.class);
		application.setRegisterShutdownHook(false);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ConfigurableApplicationContext context = application.run("--server.port=0",
						"--server.address=127.0.0.1", "--spring.main.banner-mode=off",
						"--management.endpoints.web.exposure.include=metrics,prometheus",
						"--tidepool.upstreams.orders.base-url=" + server.url())) {
			read(context.getBean(RestClient.class), server.url());
			RestClient actuator = RestClient.builder()
				.baseUrl("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/actuator")
				.build();
			assertThat(read(actuator, "/metrics/tidepool.connections?tag=upstream:orders&tag=state:idle")).contains(
					"\"name\":\"tidepool.connections\"",
					"\"description\":\"" + TidepoolMeter.CONNECTIONS.description() + "\"", "\"value\":1.0");
			assertThat(read(actuator, "/metrics")).contains(
					Arrays.stream(TidepoolMeter.values()).map((meter) -> "\"" + meter.meterName() + "\"").toList());
			MetersTests.assertThatEveryMeterIsIn(read(actuator, "/prometheus"), "orders");
			assertThat(server.requests()).isOne();
		}
	}

	private static String read(RestClient client, String uri) {
		return client.get().uri(uri).retrieve().body(String.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

	}

}
