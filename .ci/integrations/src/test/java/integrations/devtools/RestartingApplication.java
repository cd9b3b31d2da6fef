package integrations.devtools;

import java.util.stream.Collectors;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.registry.ImportHttpServices;

/**
 * Calls its upstream whenever devtools have restarted it, and says which threads of
 * Tidepool there are.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ImportHttpServices(group = "upstream", types = UpstreamService.class)
public class RestartingApplication {

	public static void main(String[] args) {
		SpringApplication.run(RestartingApplication.class, args);
	}

	@Bean
	ApplicationRunner calls(UpstreamService upstream, WebClient.Builder webClient) {
		return (arguments) -> {
			webClient.baseUrl(arguments.getOptionValues("upstream").get(0))
				.build()
				.get()
				.uri("/reactive")
				.retrieve()
				.bodyToMono(String.class)
				.block();
			upstream.report(RestartingApplication.class.getClassLoader().getClass().getSimpleName(), threads());
		};
	}

	private static String threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.map(Thread::getName)
			// Those that resolve names do not stay
			.filter((name) -> name.startsWith("tidepool") && !name.equals("tidepool-resolver"))
			.sorted()
			.collect(Collectors.joining(","));
	}

}
