package dev.tidepool.measured;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.Upstreams;

/**
 * An application as a user has it, whole auto-configuration included, that only differs
 * in what it calls its upstreams with.
 */
public final class MeasuredApplication implements AutoCloseable {

	private static final List<String> COMMON = List.of("spring.main.banner-mode=off",
			"spring.main.register-shutdown-hook=false", "logging.level.root=warn",
			// Calls that are cut off at the end of a scenario
			"logging.level.org.apache.catalina.core=off", "server.port=0", "server.shutdown=immediate");

	private final ConfigurableApplicationContext context;

	private MeasuredApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	public static MeasuredApplication start(Client client, String... properties) {
		return start(client, WebApplicationType.NONE, List.of(), properties);
	}

	static MeasuredApplication startWith(Client client, Class<?> configuration, String... properties) {
		return start(client, WebApplicationType.NONE, List.of(configuration), properties);
	}

	static MeasuredApplication startWeb(Client client, Class<?> controller) {
		return start(client, WebApplicationType.SERVLET, List.of(controller));
	}

	private static MeasuredApplication start(Client client, WebApplicationType type, List<Class<?>> more,
			String... properties) {
		List<String> all = new ArrayList<>(COMMON);
		all.addAll(client.properties());
		groupTimeouts().forEach(
				(group, timeout) -> all.add("spring.http.serviceclient.%s.read-timeout=%s".formatted(group, timeout)));
		all.addAll(List.of(properties));
		List<Class<?>> sources = new ArrayList<>(more);
		sources.add(Configuration.class);
		return new MeasuredApplication(new SpringApplicationBuilder(sources.toArray(Class[]::new)).web(type)
			.properties(all.toArray(String[]::new))
			.run());
	}

	/**
	 * The HTTP service groups and their read time-outs.
	 */
	static Map<String, Duration> groupTimeouts() {
		Map<String, Duration> timeouts = new LinkedHashMap<>();
		timeouts.put("quick", Duration.ofMillis(1000));
		timeouts.put("middling", Duration.ofMillis(1500));
		timeouts.put("slow", Duration.ofMillis(2000));
		return timeouts;
	}

	/**
	 * A client made of a freshly injected builder.
	 */
	public RestClient restClient() {
		return bean(RestClient.Builder.class).build();
	}

	RestTemplate restTemplate() {
		return bean(RestTemplateBuilder.class).build();
	}

	ProbeService service(String group) {
		return bean(HttpServiceProxyRegistry.class).getClient(group, ProbeService.class);
	}

	/**
	 * A request factory as the builders get theirs, for callers that want to close it.
	 */
	public ClientHttpRequestFactory requestFactory() {
		return bean(ClientHttpRequestFactoryBuilder.class).build(bean(HttpClientSettings.class));
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	/**
	 * Connections that callers hold, as Tidepool counts them.
	 */
	long active() {
		return bean(Upstreams.class).stats().stream().mapToLong((upstream) -> upstream.connections(State.ACTIVE)).sum();
	}

	@Override
	public void close() {
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportHttpServices(group = "quick", types = ProbeService.class)
	@ImportHttpServices(group = "middling", types = ProbeService.class)
	@ImportHttpServices(group = "slow", types = ProbeService.class)
	static class Configuration {

	}

}
