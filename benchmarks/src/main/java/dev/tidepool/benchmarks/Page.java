package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * The page with the tables. A section that is not measured this time stays as it was.
 */
final class Page {

	private static final String HEAD = """
			# Performance

			What a request costs on Tidepool, beside other ways to make it; how that grows; how long the slowest take.

			Written by `mvn -q -pl benchmarks -am -DskipTests -Pbenchmark verify`. One section, or all whose names \
			begin alike, with `-Dbenchmark.sections=classic-get,growth`, some contenders with \
			`-Dbenchmark.contenders=raw-sockets,tidepool`; the profile's other properties in benchmarks/pom.xml say \
			how long and with how many callers. Each section says where it was measured, and when: sections that are \
			not measured stay.

			## What an application can save

			- A URI template is expanded anew for each call: some 5 KB and 1.5 µs, about as much as all the rest of a \
			call allocates. A `dev.tidepool.CachingUriBuilderFactory` for \
			`uriBuilderFactory` of the client's builder keeps what is made of it. Give it the base URL: the builder's \
			`baseUrl` counts for nothing beside it.
			- Where Actuator is there, Spring Boot observes each call, by a timer and a long task timer. \
			Where nobody looks at the second, `management.metrics.observations.ignored-meters=long-task-timer` saves \
			some 0.7 µs and 0.7 KB a call.
			- Tidepool's own meters cost a call a few counters, striped, and are read when somebody asks: there is \
			nothing to save.

			## What it does not save

			- A POST must not be sent twice, so it goes out only after a look whether its connection is still open: \
			some 1.4 µs, as the JDK reads without waiting only from a channel that is set non-blocking and back, \
			4 `fcntl` and a `read` (profile of 5,100 samples: 8.7 % of the call). With one caller, whom nothing else \
			delays, that and Spring's converters (1.5 µs) are what a POST costs more than with HttpClient alone.
			- What is left of observations is Micrometer's: key values, and the timer that they name.
			- WebClient allocates twice what HttpClient's asynchronous client does, on whatever it runs: codecs and \
			operators, the same on Reactor Netty.
			- Where a certificate is replaced, all connections are made anew at once; each second, as measured below, \
			that is 8 handshakes beside the calls.
			""";

	private static final String HEADING = "\n## ";

	private final Map<Section, String> texts = new EnumMap<>(Section.class);

	static Page parse(String markdown) {
		Page page = new Page();
		for (Section section : Section.values()) {
			String heading = HEADING + section.title() + "\n";
			int start = markdown.indexOf(heading);
			if (start >= 0) {
				int end = markdown.indexOf(HEADING, start + heading.length());
				page.put(section, markdown.substring(start + heading.length(), (end < 0) ? markdown.length() : end));
			}
		}
		return page;
	}

	static Page read(Path file) throws IOException {
		return parse(Files.exists(file) ? Files.readString(file) : "");
	}

	void put(Section section, String text) {
		this.texts.put(section, text.strip());
	}

	String format() {
		StringBuilder page = new StringBuilder(HEAD);
		this.texts.forEach((section,
				text) -> page.append(HEADING).append(section.title()).append("\n\n").append(text).append('\n'));
		return page.toString();
	}

}
