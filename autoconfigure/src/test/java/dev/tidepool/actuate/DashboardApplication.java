package dev.tidepool.actuate;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/**
 * An application with the dashboard, on a real port.
 */
final class DashboardApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private DashboardApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static DashboardApplication start(String... properties) {
		return start(WebApplicationType.SERVLET, properties);
	}

	static DashboardApplication start(WebApplicationType type, String... properties) {
		SpringApplication application = new SpringApplication(
				(type == WebApplicationType.SERVLET) ? ServletApplication.class : ReactiveApplication.class);
		application.setWebApplicationType(type);
		application.setRegisterShutdownHook(false);
		return new DashboardApplication(application.run(Stream
			.concat(Stream.of("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
					"management.endpoints.web.exposure.include=tidepool,tidepooldashboard"), Stream.of(properties))
			.map("--"::concat)
			.toArray(String[]::new)));
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	String url(String path) {
		String port = this.context.getEnvironment()
			.getProperty("local.management.port",
					this.context.getEnvironment().getRequiredProperty("local.server.port"));
		return "http://127.0.0.1:" + port + path;
	}

	String page() {
		return url("/actuator/tidepooldashboard");
	}

	void call(String url, int times) {
		RestClient client = this.context.getBean(RestClient.class);
		for (int i = 0; i < times; i++) {
			client.get().uri(url).retrieve().toBodilessEntity();
		}
	}

	String data(String path) {
		return RestClient.create(url("/actuator/tidepool")).get().uri(path).retrieve().body(String.class);
	}

	Answers answers() {
		return this.context.getBean(Answers.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ServletApplication {

		@Bean
		Answers answers() {
			return new Answers();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ReactiveApplication {

	}

	/**
	 * Stands before the endpoint, so that it can answer otherwise, as a security filter
	 * or a proxy would, and counts how often it is asked.
	 */
	static final class Answers implements Filter {

		private final AtomicInteger asked = new AtomicInteger();

		private volatile int status = 200;

		private volatile String body;

		void status(int status) {
			this.status = status;
		}

		void body(String json) {
			this.body = json;
		}

		int asked() {
			return this.asked.get();
		}

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			if (!((HttpServletRequest) request).getRequestURI().matches(".*/tidepool(/.*)?")) {
				chain.doFilter(request, response);
				return;
			}
			this.asked.incrementAndGet();
			if (this.status != 200) {
				HttpServletResponse answer = (HttpServletResponse) response;
				answer.setStatus(this.status);
				answer.setHeader("Location", "/login");
			}
			else if (this.body != null) {
				response.setContentType("application/json");
				response.getWriter().write(this.body);
			}
			else {
				chain.doFilter(request, response);
			}
		}

	}

}
