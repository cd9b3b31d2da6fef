package dev.tidepool.benchmarks;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application that the clients of Spring come from. There are meters only where
 * {@link Meters} is, and observations where {@link Observations} is.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = { ObservationAutoConfiguration.class, WebClientObservationAutoConfiguration.class })
class Application {

	/**
	 * Start it.
	 * @param request what it calls: a certificate is trusted
	 * @param properties what its configuration says besides
	 * @param configuration what it has beside the auto-configuration
	 * @return its context
	 */
	static ConfigurableApplicationContext run(Request request, Map<String, Object> properties,
			Class<?>... configuration) {
		Map<String, Object> all = new HashMap<>(properties);
		Path certificate = request.certificate();
		if (certificate != null) {
			all.put("spring.http.clients.ssl.bundle", "upstream");
			all.put("spring.ssl.bundle.pem.upstream.truststore.certificate", certificate.toUri().toString());
		}
		return new SpringApplicationBuilder(Application.class).sources(configuration)
			.properties(all)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.run();
	}

}
