package dev.tidepool.autoconfigure;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts a whole application from a class path without the optional jars. A
 * FilteredClassLoader only hides them from conditions; here a class that links to one of
 * them cannot be loaded at all.
 */
class OptionalDependenciesIT {

	// Not micrometer-observation and -commons: RestClient itself links to them
	private static final List<String> MICROMETER = List.of("micrometer-core", "micrometer-jakarta9",
			"micrometer-registry-", "prometheus-", "spring-boot-micrometer-metrics");

	private static final List<String> ACTUATOR = List.of("spring-boot-actuator", "spring-boot-health",
			"spring-boot-micrometer-", "spring-boot-starter-actuator");

	private static final List<String> WEB_CLIENT = List.of("spring-boot-webclient-", "spring-boot-starter-webclient-");

	private static final List<String> WEB = List.of("spring-webmvc-", "spring-webflux-", "spring-boot-webmvc-",
			"spring-boot-webflux-", "spring-boot-web-server-", "spring-boot-servlet-", "spring-boot-tomcat-", "tomcat-",
			"reactor-", "reactive-streams-", "netty-", "spring-boot-netty-", "spring-boot-reactor-",
			"spring-boot-http-codec-");

	@ParameterizedTest
	@MethodSource("missing")
	void applicationStartsAndCallsWithoutTheseJars(List<String> missing) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				URLClassLoader classLoader = classLoaderWithout(missing)) {
			Thread thread = Thread.currentThread();
			ClassLoader before = thread.getContextClassLoader();
			thread.setContextClassLoader(classLoader);
			try {
				Object answer = classLoader.loadClass(Main.class.getName())
					.getMethod("call", String.class)
					.invoke(null, server.url());
				assertThat(answer).isEqualTo("fine");
			}
			finally {
				thread.setContextClassLoader(before);
			}
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void jarsAreReallyMissing() throws Exception {
		try (URLClassLoader classLoader = classLoaderWithout(
				Stream.of(MICROMETER, ACTUATOR, WEB_CLIENT, WEB).flatMap(List::stream).toList())) {
			for (String name : List.of("io.micrometer.core.instrument.MeterRegistry",
					"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
					"org.springframework.boot.actuate.endpoint.annotation.Endpoint",
					"org.springframework.boot.webclient.WebClientCustomizer", "reactor.core.publisher.Mono",
					"org.springframework.web.servlet.DispatcherServlet")) {
				assertThat(classLoader.getResource(name.replace('.', '/') + ".class")).as(name).isNull();
				assertThat(getClass().getClassLoader().loadClass(name)).isNotNull();
			}
		}
	}

	static Stream<List<String>> missing() {
		return Stream.of(MICROMETER, ACTUATOR, Stream.concat(MICROMETER.stream(), ACTUATOR.stream()).toList(),
				WEB_CLIENT, Stream.concat(WEB_CLIENT.stream(), WEB.stream()).toList(),
				Stream.of(MICROMETER, ACTUATOR, WEB).flatMap(List::stream).toList(),
				Stream.of(MICROMETER, ACTUATOR, WEB_CLIENT, WEB).flatMap(List::stream).toList());
	}

	private static URLClassLoader classLoaderWithout(List<String> missing) {
		URL[] jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.map(Path::of)
			.filter((path) -> missing.stream().noneMatch(path.getFileName().toString()::startsWith))
			.map(OptionalDependenciesIT::url)
			.toArray(URL[]::new);
		return new URLClassLoader(jars, ClassLoader.getPlatformClassLoader());
	}

	private static URL url(Path path) {
		try {
			return path.toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The application, loaded by the class loader of the test case.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Main {

		public static String call(String url) {
			SpringApplication application = new SpringApplication(Main.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.setRegisterShutdownHook(false);
			try (ConfigurableApplicationContext context = application.run("--spring.main.banner-mode=off",
					"--logging.level.root=warn")) {
				context.getBean(TidepoolClientHttpRequestFactoryBuilder.class);
				return context.getBean(RestClient.class).get().uri(url).retrieve().body(String.class);
			}
		}

	}

}
