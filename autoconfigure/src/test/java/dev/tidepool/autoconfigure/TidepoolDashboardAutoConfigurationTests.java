package dev.tidepool.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import dev.tidepool.actuate.TidepoolDashboardEndpoint;
import dev.tidepool.actuate.TidepoolEndpoint;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the dashboard is there.
 */
class TidepoolDashboardAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(TidepoolEndpointAutoConfiguration.class,
				TidepoolDashboardAutoConfiguration.class));

	@Test
	void dashboardIsThereOnlyIfExposed() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(TidepoolDashboardEndpoint.class));
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=tidepool")
			.run((context) -> assertThat(context).doesNotHaveBean(TidepoolDashboardEndpoint.class));
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=tidepooldashboard")
			.run((context) -> assertThat(context).hasSingleBean(TidepoolDashboardEndpoint.class)
				.doesNotHaveBean(TidepoolEndpoint.class));
		this.contextRunner.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=*")
			.run((context) -> assertThat(context).doesNotHaveBean(TidepoolDashboardEndpoint.class));
	}

	@Test
	void dashboardIsNotThereWithoutAccessOrPoolOrActuator() {
		ApplicationContextRunner exposed = this.contextRunner
			.withPropertyValues("management.endpoints.web.exposure.include=*");
		exposed.withPropertyValues("management.endpoint.tidepooldashboard.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(TidepoolDashboardEndpoint.class));
		exposed.withPropertyValues("tidepool.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TidepoolDashboardEndpoint.class));
		exposed.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SharedPool.class)
				.doesNotHaveBean("tidepoolDashboardEndpoint"));
	}

	@Test
	void ownDashboardIsKept() {
		TidepoolDashboardEndpoint own = new TidepoolDashboardEndpoint((id) -> null,
				new PathMatchingResourcePatternResolver());
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=*")
			.withBean(TidepoolDashboardEndpoint.class, () -> own)
			.run((context) -> assertThat(context.getBean(TidepoolDashboardEndpoint.class)).isSameAs(own));
	}

	@Test
	void nativeImageHasTheFiles() {
		RuntimeHints hints = new RuntimeHints();
		new TidepoolDashboardAutoConfiguration.Hints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.resource().forResource("dev/tidepool/actuate/dashboard/app.js"))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.resource()
			.forResource("META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.js")).accepts(hints);
	}

}
