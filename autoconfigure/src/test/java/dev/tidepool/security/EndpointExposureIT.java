package dev.tidepool.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.Upstreams;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing of the endpoints is open that the application has not opened, in one without
 * Spring Security, as this is.
 */
class EndpointExposureIT {

	private static final List<HttpMethod> METHODS = List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE);

	@Test
	void nothingIsThereWithTheDefaultsOfBoot() {
		try (ConfigurableApplicationContext context = run()) {
			assertThat(ClassUtils.isPresent("org.springframework.security.web.SecurityFilterChain", null)).isFalse();
			assertThat(statuses(context, METHODS, "tidepool", "tidepool/orders", "tidepooldashboard"))
				.containsOnly(404);
			assertThat(links(context)).doesNotContain("tidepool");
		}
	}

	@Test
	void writesAreRefusedWhereAllIsExposed() {
		try (ConfigurableApplicationContext context = run("--management.endpoints.web.exposure.include=*")) {
			assertThat(statuses(context, List.of(HttpMethod.GET), "tidepool", "tidepool/orders", "tidepooldashboard"))
				.containsOnly(200);
			assertThat(statuses(context, List.of(HttpMethod.POST, HttpMethod.DELETE), "tidepool", "tidepool/orders"))
				.containsOnly(405);
			Upstreams upstreams = context.getBean(Upstreams.class);
			assertThat(upstreams.gate().maxTotal()).isEqualTo(300);
			assertThat(upstreams.maxPerUpstream("orders")).isEqualTo(200);
		}
	}

	@Test
	void nothingIsThereWithoutAccess() {
		try (ConfigurableApplicationContext context = run("--management.endpoints.web.exposure.include=*",
				"--management.endpoints.access.default=none")) {
			assertThat(statuses(context, METHODS, "tidepool", "tidepool/orders", "tidepooldashboard"))
				.containsOnly(404);
		}
	}

	private static List<Integer> statuses(ConfigurableApplicationContext context, List<HttpMethod> methods,
			String... paths) {
		List<Integer> statuses = new ArrayList<>();
		for (HttpMethod method : methods) {
			for (String path : paths) {
				RestClient.RequestBodySpec request = RestClient.create().method(method).uri(actuator(context) + path);
				if (method == HttpMethod.POST) {
					request.contentType(MediaType.APPLICATION_JSON).body(Map.of("maxTotal", 1, "maxPerUpstream", 1));
				}
				statuses.add(request.retrieve().onStatus((status) -> true, (sent, received) -> {
				}).toBodilessEntity().getStatusCode().value());
			}
		}
		return statuses;
	}

	private static String links(ConfigurableApplicationContext context) {
		return RestClient.create().get().uri(actuator(context).replaceFirst("/$", "")).retrieve().body(String.class);
	}

	private static String actuator(ConfigurableApplicationContext context) {
		return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/actuator/";
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setRegisterShutdownHook(false);
		return application.run(Stream
			.concat(Stream.of("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
					"--tidepool.pool.max-total=300", "--tidepool.upstreams.orders.hosts=orders"), Stream.of(arguments))
			.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
