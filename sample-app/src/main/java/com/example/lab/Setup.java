package com.example.lab;

import java.util.Map;

import org.apache.hc.core5.util.VersionInfo;
import org.springframework.boot.SpringBootVersion;

/**
 * What is compared, and on what.
 *
 * @param plain what makes the clients of Spring Boot alone
 * @param tidepool what makes the clients of Tidepool
 * @param machine what both run on
 * @param upstreams what they call
 */
record Setup(String plain, String tidepool, String machine, String upstreams) {

	static Setup of(Upstreams upstreams) {
		return new Setup(
				"%s as Spring Boot %s configures it, with no properties but those that an experiment names"
					.formatted(builderOf(Side.PLAIN), SpringBootVersion.getVersion()),
				"%s, likewise".formatted(builderOf(Side.TIDEPOOL)),
				"HttpClient %s on both sides, Java %s, %d processors, everything on the loopback address"
					.formatted(httpClient(), Runtime.version().feature(), Runtime.getRuntime().availableProcessors()),
				upstreams.why());
	}

	private static String builderOf(Side side) {
		try (Clients clients = side.start(Map.of())) {
			return clients.builder().getClass().getSimpleName();
		}
	}

	private static String httpClient() {
		VersionInfo version = VersionInfo.loadVersionInfo("org.apache.hc.client5", Setup.class.getClassLoader());
		return (version != null) ? version.getRelease() : "5";
	}

}
