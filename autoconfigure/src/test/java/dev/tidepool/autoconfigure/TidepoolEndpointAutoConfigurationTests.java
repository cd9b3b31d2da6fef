package dev.tidepool.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.tidepool.actuate.SettingDescriptor;
import dev.tidepool.actuate.SettingsInForce;
import dev.tidepool.actuate.TidepoolEndpoint;
import dev.tidepool.actuate.TidepoolEndpointWebExtension;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.KeepAlivePolicy;
import dev.tidepool.policy.PoolLimits;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the endpoint is there, and what it says of settings.
 */
class TidepoolEndpointAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(TidepoolEndpointAutoConfiguration.class));

	@Test
	void endpointIsThereOnlyIfExposed() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(TidepoolEndpoint.class));
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=tidepool")
			.run((context) -> assertThat(context).hasSingleBean(TidepoolEndpoint.class)
				.hasSingleBean(TidepoolEndpointWebExtension.class));
		this.contextRunner.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=*")
			.run((context) -> assertThat(context).hasSingleBean(TidepoolEndpoint.class)
				.doesNotHaveBean(TidepoolEndpointWebExtension.class));
	}

	@Test
	void endpointIsNotThereWithoutAccessOrPoolOrActuator() {
		ApplicationContextRunner exposed = this.contextRunner
			.withPropertyValues("management.endpoints.web.exposure.include=*");
		exposed.withPropertyValues("management.endpoint.tidepool.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(TidepoolEndpoint.class));
		exposed.withPropertyValues("tidepool.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TidepoolEndpoint.class));
		exposed.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SharedPool.class)
				.doesNotHaveBean("tidepoolEndpoint"));
	}

	@Test
	void ownEndpointIsKept() {
		TidepoolEndpoint own = new TidepoolEndpoint(
				new Upstreams(new TidepoolPropertiesMapper(new TidepoolProperties(), () -> 1000).catalog(), 1,
						System::nanoTime),
				null, null, List::of);
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=*")
			.withBean(TidepoolEndpoint.class, () -> own)
			.run((context) -> assertThat(context.getBean(TidepoolEndpoint.class)).isSameAs(own));
	}

	@Test
	void settingSaysWhichPropertyAndWhereItWasSet() {
		run((settings) -> {
			Map<String, SettingDescriptor> orders = byKey(settings.of("orders"));
			assertThat(orders.get("pool.max-per-upstream"))
				.extracting(SettingDescriptor::property, SettingDescriptor::value, SettingDescriptor::source)
				.containsExactly("tidepool.upstreams.orders.pool.max-per-upstream", "20", "property");
			assertThat(orders.get("pool.max-per-upstream").origin()).contains("max-per-upstream");
			assertThat(orders.get("timeout.read").property()).isEqualTo("tidepool.timeout.read");
			assertThat(orders.get("timeout.read").value()).isEqualTo("7s");
			assertThat(orders.get("retry.statuses").value()).isEqualTo("502,503");
			assertThat(orders.get("retry.statuses").source()).isEqualTo("property");
			assertThat(orders.get("timeout.connect"))
				.isEqualTo(new SettingDescriptor("tidepool.timeout.connect", "2s", "default", null));
			assertThat(orders.get("timeout.call").value()).isNull();
			Map<String, SettingDescriptor> others = byKey(settings.of("elsewhere:80"));
			assertThat(others.get("pool.max-per-upstream"))
				.isEqualTo(new SettingDescriptor("tidepool.pool.max-per-upstream", "200", "default", null));
			assertThat(byKey(settings.general()).get("pool.max-total"))
				.isEqualTo(new SettingDescriptor("tidepool.pool.max-total", "400", "property",
						"\"tidepool.pool.max-total\" from property source \"test\""));
		}, "tidepool.pool.max-total=400", "tidepool.timeout.read=7s", "tidepool.retry.statuses[0]=502",
				"tidepool.retry.statuses[1]=503", "tidepool.upstreams.orders.hosts=orders",
				"tidepool.upstreams.orders.pool.max-per-upstream=20");
	}

	@Test
	void settingSaysWhatReplacedTheProperty() {
		this.contextRunner
			.withPropertyValues("tidepool.upstreams.orders.hosts=orders",
					"tidepool.upstreams.orders.keep-alive.upstream-timeout=75s", "tidepool.upstreams.nodes.hosts=node",
					"tidepool.pool.max-total=400")
			.run((context) -> {
				Upstreams upstreams = context.getBean(Upstreams.class);
				SettingsInForce settings = settings(context.getBean(PoolLimits.class), upstreams,
						new PropertyOrigins(context.getEnvironment()));
				assertThat(byKey(settings.of("orders")).get("keep-alive.upstream-timeout").source())
					.isEqualTo("property");
				upstreams.get(new UpstreamKey("http", "orders", 80, null)).trustedNanos(20_000_000_000L);
				upstreams.get(new UpstreamKey("http", "node", 80, null)).trustedNanos(KeepAlivePolicy.NO_HEADER);
				context.getBean(SharedPool.class).maxPerUpstream("orders", 3);
				context.getBean(SharedPool.class).maxTotal(300);
				Map<String, SettingDescriptor> orders = byKey(settings.of("orders"));
				assertThat(orders.get("keep-alive.upstream-timeout"))
					.extracting(SettingDescriptor::property, SettingDescriptor::value, SettingDescriptor::source)
					.containsExactly("tidepool.upstreams.orders.keep-alive.upstream-timeout", "20s", "header");
				assertThat(orders.get("pool.max-per-upstream").value()).isEqualTo("3");
				assertThat(orders.get("pool.max-per-upstream").source()).isEqualTo("changed");
				assertThat(byKey(settings.of("nodes")).get("keep-alive.upstream-timeout"))
					.isEqualTo(new SettingDescriptor("tidepool.keep-alive.upstream-timeout", "5s", "default", null));
				assertThat(byKey(settings.general()).get("pool.max-total").value()).isEqualTo("300");
				assertThat(byKey(settings.general()).get("pool.max-total").source()).isEqualTo("changed");
			});
	}

	@Test
	void proxyOfAnUpstreamInheritsNothing() {
		run((settings) -> {
			Map<String, SettingDescriptor> orders = byKey(settings.of("orders"));
			assertThat(orders.get("proxy.url").value()).isEqualTo("http://inner:3128");
			assertThat(orders.get("proxy.username"))
				.isEqualTo(new SettingDescriptor("tidepool.upstreams.orders.proxy.username", null, "default", null));
			assertThat(byKey(settings.general()).get("proxy.username").value()).isEqualTo("******");
		}, "tidepool.proxy.url=http://outer:3128", "tidepool.proxy.username=someone",
				"tidepool.proxy.password=very-secret", "tidepool.upstreams.orders.hosts=orders",
				"tidepool.upstreams.orders.proxy.url=http://inner:3128");
	}

	@Test
	void originShowsNoUserInfoAndNoQuery() {
		assertThat(PropertySettings.origin(new Origin() {
			@Override
			public String toString() {
				return "URL [https://user:secret@config/app.yml?token=secret] - 3:5";
			}
		})).isEqualTo("URL [https://config/app.yml] - 3:5");
		assertThat(PropertySettings.origin(null)).isNull();
	}

	private void run(Consumer<SettingsInForce> test, String... properties) {
		this.contextRunner.withPropertyValues(properties)
			.run((context) -> test.accept(settings(context.getBean(PoolLimits.class), context.getBean(Upstreams.class),
					new PropertyOrigins(context.getEnvironment()))));
	}

	private static SettingsInForce settings(PoolLimits limits, Upstreams upstreams, PropertyOrigins origins) {
		return new PropertySettings(origins, upstreams, limits);
	}

	private static Map<String, SettingDescriptor> byKey(List<SettingDescriptor> settings) {
		return settings.stream()
			.collect(Collectors.toMap(
					(setting) -> setting.property().replaceFirst("tidepool\\.(upstreams\\.[a-z]+\\.)?", ""),
					(setting) -> setting));
	}

}
