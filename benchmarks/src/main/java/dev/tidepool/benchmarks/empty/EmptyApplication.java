package dev.tidepool.benchmarks.empty;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * The application that starts, with whatever is on its class path: what runs in a JVM of
 * its own.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class EmptyApplication {

	private static final String BUILDER = "org.springframework.web.client.RestClient$Builder";

	/**
	 * Start, and write the milliseconds that it took, those of CPU time, the used bytes
	 * of the heap, and whether Tidepool was there.
	 * @param args where to
	 */
	public static void main(String[] args) throws IOException, ReflectiveOperationException {
		SpringApplication application = new SpringApplication(EmptyApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setLogStartupInfo(false);
		try (ConfigurableApplicationContext context = application.run()) {
			if (ClassUtils.isPresent(BUILDER, null)) {
				Class<?> builder = Class.forName(BUILDER);
				builder.getMethod("build").invoke(context.getBean(builder));
			}
			long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
			double cpuMillis = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
					/ 1e6;
			boolean tidepool = Stream.of(context.getBeanDefinitionNames())
				.anyMatch((name) -> name.startsWith("tidepool"));
			for (int i = 0; i < 3; i++) {
				System.gc();
			}
			Files.writeString(Path.of(args[0]), "%s %s %s %s".formatted(millis, cpuMillis,
					ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), tidepool));
		}
	}

}
