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
			# What a request costs

			GET of %d bytes on kept connections.

			Written by `mvn -q -pl benchmarks -am -DskipTests -Pbenchmark verify`; one section alone with \
			`-Dbenchmark.sections=classic` or `reactive`.
			""".formatted(UpstreamProcess.BODY.length());

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
