package dev.tidepool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every message that Tidepool throws or stops the start with is in
 * {@code docs/troubleshooting.md}, in the words that people search for.
 */
class TroubleshootingDocumentationTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "troubleshooting.md");

	private static final Path SOURCES = Path.of("src", "main", "java", "dev", "tidepool");

	private static final Pattern CONCATENATION = Pattern.compile("\"\\s*\\+\\s*\"");

	private static final Pattern THROWN = Pattern.compile("new \\w*Exception\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

	private static final Pattern REASON = Pattern.compile("\"((?:must|is|has|names|needs|holds) [^\"\\\\]*)\"");

	private static final Pattern VARIABLE = Pattern.compile("%(?:s|d|\\.1f)");

	/**
	 * By which an exchange or a connect is ended from inside; another one reaches the
	 * caller, with the words that are documented.
	 */
	private static final Set<String> INSIDE = Set.of("Given up as it was connected", "Given up as it was secured",
			"Given up as the response came", "Given up as the proxy's answer ended",
			"Given up before the request was written", "The connection was closed while it was connected",
			"The connection was closed as soon as it was made",
			"The connection was closed before the request was written", "The connection is not there any more",
			"The idle connection was closed by the peer", "The upstream has answered before the end of the request",
			"The TLS handshake was cut off: ", "Cancelled by the peer (RFC 8446, 6.1)", "Closed by the peer",
			"Connecting has not ended in time", "Connecting was cancelled", "The TLS handshake was cancelled",
			"Cancelled", "No response", "No response was parsed", "Not to be executed", "The reactor is closed",
			"Superseded by the variant with a callback", "HttpClient's chain has no element ");

	private final String document = read(DOCUMENT);

	@Test
	void everyMessageThatReachesACallerIsThere() throws IOException {
		Set<String> thrown = literals(THROWN);
		assertThat(thrown).containsAll(INSIDE);
		thrown.removeAll(INSIDE);
		// The keys of properties, which are the first that their exceptions are told
		thrown.removeIf((message) -> message.matches("[a-z.-]+"));
		assertThat(thrown).hasSizeGreaterThan(50)
			.allSatisfy((message) -> assertThat(this.document).contains(longestPart(message)));
	}

	@Test
	void everyReasonThatStopsTheStartIsThere() throws IOException {
		assertThat(literals(REASON, "policy", "autoconfigure/TidepoolPropertiesMapper.java",
				"autoconfigure/TlsIdentities.java"))
			.hasSizeGreaterThan(25)
			.allSatisfy((reason) -> assertThat(this.document).contains(longestPart(reason)));
	}

	private static String longestPart(String message) {
		return Arrays.stream(VARIABLE.split(message))
			.map(String::strip)
			.max(Comparator.comparing(String::length))
			.orElseThrow();
	}

	private static Set<String> literals(Pattern pattern, String... places) throws IOException {
		Set<String> literals = new TreeSet<>();
		try (Stream<Path> files = Files.walk(SOURCES)) {
			files.filter((file) -> file.toString().endsWith(".java"))
				.filter((file) -> places.length == 0
						|| Arrays.stream(places).anyMatch((place) -> SOURCES.relativize(file).startsWith(place)))
				.map(TroubleshootingDocumentationTests::read)
				.map((source) -> CONCATENATION.matcher(source).replaceAll(""))
				.forEach((source) -> literals.addAll(pattern.matcher(source)
					.results()
					.map((literal) -> literal.group(1))
					.collect(Collectors.toSet())));
		}
		return literals;
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

}
