package dev.tidepool.benchmarks;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import okhttp3.OkHttp;
import org.apache.hc.core5.util.VersionInfo;
import org.eclipse.jetty.util.Jetty;
import org.springframework.boot.SpringBootVersion;
import reactor.netty.http.client.HttpClient;

/**
 * Where it was measured.
 */
final class Machine {

	private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

	private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

	String hardware() throws IOException {
		return "%d cores (%s), %d GiB, %s %s %s".formatted(this.system.getAvailableProcessors(), processor(),
				Math.round(this.system.getTotalMemorySize() / (double) (1 << 30)), this.system.getName(),
				this.system.getVersion(), this.system.getArch());
	}

	private String processor() throws IOException {
		if (!Files.isReadable(CPU_INFO)) {
			return this.system.getArch();
		}
		try (Stream<String> lines = Files.lines(CPU_INFO)) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.replaceFirst("[^:]*:\\s*", ""))
				.findFirst()
				.orElse(this.system.getArch());
		}
	}

	String jvm() {
		return "%s %s, %s".formatted(System.getProperty("java.vm.name"), Runtime.version(),
				ManagementFactory.getGarbageCollectorMXBeans()
					.stream()
					.map(GarbageCollectorMXBean::getName)
					.collect(Collectors.joining(" and ")));
	}

	String versions() throws IOException {
		Optional<GoToolchain> go = GoToolchain.find(GoToolchain.PATH);
		return "Spring Boot %s, HttpClient %s, Core %s, Reactor Netty %s, Jetty %s, OkHttp %s%s".formatted(
				SpringBootVersion.getVersion(), version("org.apache.hc.client5"), version("org.apache.hc.core5"),
				HttpClient.class.getPackage().getImplementationVersion(), Jetty.VERSION, OkHttp.VERSION,
				go.isPresent() ? ", Go " + go.get().version() : "");
	}

	private static String version(String module) {
		VersionInfo info = VersionInfo.loadVersionInfo(module, Machine.class.getClassLoader());
		return (info != null) ? info.getRelease() : VersionInfo.UNAVAILABLE;
	}

	/**
	 * How busy others keep the machine. To be asked while nothing of ours runs.
	 * @param time how long to look
	 * @return a share of all cores, from 0 to 1
	 */
	double load(Duration time) throws InterruptedException {
		this.system.getCpuLoad();
		Thread.sleep(time.toMillis());
		return Math.max(0, this.system.getCpuLoad());
	}

}
