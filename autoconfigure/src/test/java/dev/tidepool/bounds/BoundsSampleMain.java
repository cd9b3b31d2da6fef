package dev.tidepool.bounds;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.Upstreams;

/**
 * Runs the sample application in a process of its own, and tells how it is when asked to
 * on its standard input, until that ends.
 */
final class BoundsSampleMain {

	static final String ANSWER = "bounds: ";

	static final String AFTER_COLLECTION = "gc";

	private BoundsSampleMain() {
	}

	public static void main(String[] args) throws Exception {
		SpringApplication application = new SpringApplication(Class.forName("com.example.orders.OrdersApplication"),
				PlainBoot.class);
		try (ConfigurableApplicationContext context = application.run(args)) {
			answer(context.getEnvironment().getRequiredProperty("local.server.port"));
			answerQuestions(context);
		}
	}

	private static void answerQuestions(ConfigurableApplicationContext context) throws IOException {
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
		for (String question = in.readLine(); question != null; question = in.readLine()) {
			if (question.equals(AFTER_COLLECTION)) {
				System.gc();
			}
			Upstreams upstreams = context.getBeanProvider(Upstreams.class).getIfAvailable();
			ThreadPoolTaskExecutor executor = context.getBean("applicationTaskExecutor", ThreadPoolTaskExecutor.class);
			answer("%d %d %d %d %d".formatted(ManagementFactory.getThreadMXBean().getThreadCount(),
					ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
					executor.getActiveCount() + executor.getQueueSize(), active(upstreams), pending(upstreams)));
		}
	}

	private static long active(Upstreams upstreams) {
		return (upstreams != null)
				? upstreams.stats().stream().mapToLong((each) -> each.connections(State.ACTIVE)).sum() : 0;
	}

	private static long pending(Upstreams upstreams) {
		return (upstreams != null) ? upstreams.stats().stream().mapToLong((each) -> each.pending()).sum() : 0;
	}

	private static void answer(String text) {
		System.out.println(ANSWER + text);
	}

	/**
	 * What the application injects and plain Boot does not have.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "tidepool.enabled", havingValue = false)
	static class PlainBoot {

		@Bean
		RestClient restClient(RestClient.Builder builder) {
			return builder.build();
		}

	}

}
