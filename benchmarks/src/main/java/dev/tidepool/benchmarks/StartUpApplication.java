package dev.tidepool.benchmarks;

import java.io.File;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.tidepool.CallTimeout;
import dev.tidepool.benchmarks.empty.EmptyApplication;

/**
 * Applications whose starts are compared, by the jars that they have.
 */
enum StartUpApplication {

	/**
	 * Nothing but Boot.
	 */
	EMPTY("Empty", "spring-boot-starter alone", false, List.of()),

	/**
	 * What Boot brings for RestClient.
	 */
	RESTCLIENT("RestClient on HttpClient", "besides, spring-boot-starter-restclient and HttpClient", false,
			Jars.OF_RESTCLIENT),

	/**
	 * The starter.
	 */
	TIDEPOOL("RestClient on Tidepool", "besides, Tidepool", true, Jars.OF_RESTCLIENT);

	private final String title;

	private final String what;

	private final boolean tidepool;

	private final List<String> jars;

	StartUpApplication(String title, String what, boolean tidepool, List<String> jars) {
		this.title = title;
		this.what = what;
		this.tidepool = tidepool;
		this.jars = jars;
	}

	String title() {
		return this.title;
	}

	String what() {
		return this.what;
	}

	/**
	 * The part of this JVM's class path that the application has.
	 * @return the class path
	 */
	String classPath() {
		return Stream
			.concat(own(),
					Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
						.filter((entry) -> Jars.isAnyOf(entry, Jars.OF_BOOT) || Jars.isAnyOf(entry, this.jars)))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private Stream<String> own() {
		Stream<Class<?>> classes = this.tidepool ? Stream.of(EmptyApplication.class, CallTimeout.class)
				: Stream.of(EmptyApplication.class);
		return classes
			.map((type) -> new File(type.getProtectionDomain().getCodeSource().getLocation().getPath()).getPath());
	}

	/**
	 * Which jars an application has, by their names without versions.
	 */
	private static final class Jars {

		static final List<String> OF_BOOT = List.of("spring-boot", "spring-boot-autoconfigure", "spring-core",
				"spring-beans", "spring-context", "spring-aop", "spring-expression", "commons-logging",
				"logback-classic", "logback-core", "log4j-to-slf4j", "log4j-api", "jul-to-slf4j", "slf4j-api",
				"snakeyaml", "jakarta.annotation-api", "jspecify", "micrometer-observation", "micrometer-commons");

		static final List<String> OF_RESTCLIENT = List.of("spring-boot-restclient", "spring-boot-http-client",
				"spring-boot-http-converter", "spring-web", "spring-boot-jackson", "jackson-databind",
				"jackson-annotations", "jackson-core", "httpclient5", "httpcore5", "httpcore5-h2");

		private Jars() {
		}

		static boolean isAnyOf(String entry, List<String> names) {
			String file = new File(entry).getName();
			return names.stream().anyMatch((name) -> file.matches(Pattern.quote(name) + "-\\d.*\\.jar"));
		}

	}

}
