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

			- Spring parses the URI template of each call: some 5 KB and 1.5 µs. Clients of the injected \
			`RestClient.Builder` or `WebClient.Builder`, and of HTTP service groups, keep what was made of it: all of a \
			path without variables, as measured below; of one with variables a quarter of the time and two fifths of the \
			bytes; nothing of paths that are put together for each call. A `dev.tidepool.CachingUriBuilderFactory` \
			does so for a RestTemplate, and for builders of one's own; give it the base URL.
			- Where Actuator is there, Spring Boot observes each call, by a timer and a long task timer. \
			Where nobody looks at the second, `management.metrics.observations.ignored-meters=long-task-timer` saves \
			some 0.7 µs and 0.7 KB a call.
			- Of Tidepool's own meters only two timers are told of each call, which takes some 0.1 µs; all else is \
			counted anyway, striped, and read when somebody asks. There is nothing to save.

			## What it does not save

			It was aimed at 1.0 times the CPU time of HttpClient alone for a GET, 1.1 times for a POST, and 1.15 times \
			where calls are observed. Where the tables below show more, it is mostly with one caller, whom nothing else \
			delays, or where a POST is observed. Where the time goes (samples of CPU time, `jdk.CPUTimeSample` of JDK 25, \
			one caller, 2026-11-22):

			| Share of | GET | GET, observed | POST |
			| --- | ---: | ---: | ---: |
			| The system's calls that write and read | 52 % | 42 % | 39 % |
			| HttpClient and HttpCore | 21 % | 20 % | 21 % |
			| Spring's client and converters | 12 % | 11 % | 19 % |
			| Observations | | 14 % | |
			| Tidepool | 8 % | 7 % | 8 % |
			| Tidepool's look at the connection | 4 % | 3 % | 9 % |
			| Tidepool's timers | 1 % | 1 % | 1 % |
			| Samples | 4,398 | 4,447 | 4,935 |
			| µs a call | 15.1 | 19.5 | 22.2 |
			| µs of HttpClient alone in the same round | 14.9 | 14.9 | 15.4 |

			- A POST must not be sent twice, so it goes out only after a look whether its connection is still open: \
			1.4 to 2 µs, as the JDK reads without waiting only from a channel that is set non-blocking and back, \
			4 `fcntl` and a `read`, over TLS an `ioctl` before. A GET on a connection that was just used asks only \
			whether bytes wait, one `ioctl`: they would be read as its answer.
			- A POST allocates 3.1 KB more than a GET: about 1.1 KB in Spring's maps of headers, 0.8 KB in its converter, \
			0.4 KB for the fields of the request, 0.3 KB for what the body is written through.
			- Of observations all that remains is Micrometer's: key values, and the timer that they name.
			- WebClient allocates 2 to 3 times what HttpClient's asynchronous client does, on whatever it runs: codecs \
			and operators.
			- Where a certificate is replaced, all connections are made anew at once; each second, as measured below, \
			that is 8 handshakes on two cores beside the calls and the upstream's share of them, and calls wait for \
			their end. No pause was to be longer than 5 ms: these are.
			- An application was to start at most 60 ms later than an empty one. HttpClient and RestClient alone take \
			ten times that; Tidepool adds some 20 ms to it.
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
