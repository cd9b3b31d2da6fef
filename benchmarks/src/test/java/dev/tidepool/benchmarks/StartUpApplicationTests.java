package dev.tidepool.benchmarks;

import java.io.File;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StartUpApplicationTests {

	@Test
	void applicationHasOnlyTheJarsThatItWouldHave() {
		assertThat(StartUpApplication.EMPTY.classPath()).contains("spring-boot-4", "logback-classic")
			.doesNotContain("spring-web-", "httpclient5", "netty", "webflux", "jetty");
		assertThat(StartUpApplication.RESTCLIENT.classPath())
			.contains("spring-web-", "httpclient5-", "jackson-databind")
			.doesNotContain("netty", "webflux", "jetty", "okhttp");
		assertThat(StartUpApplication.TIDEPOOL.classPath())
			.contains(StartUpApplication.RESTCLIENT.classPath().split(File.pathSeparator))
			.doesNotContain("netty", "webflux", "jetty", "okhttp");
	}

}
