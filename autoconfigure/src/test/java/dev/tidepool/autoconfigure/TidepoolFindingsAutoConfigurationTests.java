package dev.tidepool.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.tidepool.actuate.findings.Findings;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When there are findings. {@link PoolBypassesTests} has those of the application.
 */
class TidepoolFindingsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(TidepoolFindingsAutoConfiguration.class));

	@Test
	void findingsAreMadeBeforeAnyoneAsksWithLazyInitializationToo() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getSourceApplicationContext()
				.getBeanFactory()
				.containsSingleton(context.getBeanNamesForType(Findings.class)[0])).isTrue());
	}

}
