package dev.tidepool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.connection.CloseReason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pages below {@code docs/} and the README, as far as no other test knows more of
 * them: links lead somewhere, the index has every page, examples are code that runs,
 * versions are those of the build, and what has names in the code is explained under
 * these names.
 */
class DocumentationTests {

	private static final Path ROOT = Path.of("..");

	private static final Path DOCS = ROOT.resolve("docs");

	private static final Path INDEX = DOCS.resolve("README.md");

	private static final Pattern FINDINGS = Pattern.compile("(?ms)^\\| Finding \\| Says that \\|\n(.*?)^$");

	private static final Pattern NAME = Pattern.compile("`([a-z-]+)`");

	private static final Pattern PROPERTY = Pattern.compile("tidepool\\.(?:upstreams\\.(?:<name>|[a-z]+)\\.)?"
			+ "((?:pool|keep-alive|timeout|retry|response|redirect|proxy|ssl|health)(?:\\.[a-z-]+)*)");

	private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

	private static final Pattern VERSION_TO_SET = Pattern.compile("`(httpc[a-z]+5\\.version)` to\\s+([\\d.]*\\d)");

	private static final Pattern STARTER = Pattern
		.compile("tidepool-spring-boot-starter(?::|</artifactId>\\s+<version>)([\\w.-]+)");

	/**
	 * Java that a reader is to write, not that of before a migration.
	 */
	private static final Pattern EXAMPLE = Pattern.compile("(?ms)(?<!^Before:\n\n)^```java\n(.*?)^```$");

	/**
	 * Where such Java runs.
	 */
	private static final List<Path> TESTS = List.of(Path.of("src", "test", "java", "dev", "tidepool", "testing"),
			ROOT.resolve(".ci"));

	@ParameterizedTest
	@MethodSource("pages")
	void everyLinkLeadsToWhatIsThere(MarkdownPage page) {
		assertThat(page.links()).filteredOn((link) -> !link.contains(":")).allSatisfy((link) -> {
			String[] parts = link.split("#", 2);
			Path target = target(page, link);
			assertThat(target).exists();
			if (parts.length > 1) {
				assertThat(MarkdownPage.read(target).anchors()).contains(parts[1]);
			}
		});
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyPropertyThatIsNamedIsThere(MarkdownPage page) {
		List<String> known = JsonMapper.shared()
			.readTree(METADATA.toFile())
			.path("properties")
			.findValuesAsString("name");
		List<String> meters = Arrays.stream(TidepoolMeter.values()).map(TidepoolMeter::meterName).toList();
		assertThat(PROPERTY.matcher(page.text()).results()).filteredOn((named) -> !meters.contains(named.group()))
			.map((named) -> "tidepool." + named.group(1))
			.allSatisfy((name) -> assertThat(known).as(name)
				.anyMatch((each) -> each.equals(name) || each.startsWith(name + ".")));
	}

	@Test
	void everyPageIsInTheIndex() throws IOException {
		MarkdownPage index = MarkdownPage.read(INDEX);
		List<Path> linked = index.links().stream().map((link) -> target(index, link)).toList();
		assertThat(pages().map(MarkdownPage::file)).filteredOn((page) -> page.startsWith(DOCS) && !page.equals(INDEX))
			.isNotEmpty()
			.allSatisfy((page) -> assertThat(linked).contains(page));
	}

	@Test
	void everyReasonToCloseIsExplained() {
		String page = MarkdownPage.read(DOCS.resolve("how-it-works.md")).text();
		assertThat(Arrays.stream(CloseReason.values()).map(CloseReason::tag))
			.allSatisfy((reason) -> assertThat(page).contains("\n| `" + reason + "` |"));
	}

	@Test
	void everyFindingIsExplained() {
		// Those of the endpoint's page are held by the tests of the rules
		String table = FINDINGS.matcher(MarkdownPage.read(DOCS.resolve("endpoint.md")).text())
			.results()
			.map((match) -> match.group(1))
			.collect(Collectors.joining());
		Stream<String> findings = table.lines()
			.skip(1)
			.map((row) -> row.split("\\|")[1])
			.flatMap(DocumentationTests::names);
		Stream<String> explained = MarkdownPage.read(DOCS.resolve("tuning.md"))
			.headings()
			.stream()
			.filter((heading) -> heading.startsWith("`"))
			.flatMap(DocumentationTests::names);
		assertThat(explained).isNotEmpty().containsExactlyInAnyOrderElementsOf(findings.toList());
	}

	@Test
	void whatFindingsAreSaidToSayIsWhatATestHasSeen() throws IOException {
		String tests;
		try (Stream<Path> sources = Files.walk(Path.of("src", "test", "java"))) {
			tests = sources.filter((file) -> file.toString().endsWith("Tests.java"))
				.map((file) -> MarkdownPage.read(file).text())
				.collect(Collectors.joining());
		}
		assertThat(MarkdownPage.read(DOCS.resolve("tuning.md")).quotes()).hasSizeGreaterThan(10)
			.allSatisfy((quote) -> assertThat(tests).contains('"' + quote + '"'));
	}

	@ParameterizedTest
	@ValueSource(strings = { "integrations.md", "migration.md", "testing.md" })
	void everyExampleIsCodeOfATest(String page) throws IOException {
		List<List<String>> tests = new ArrayList<>();
		for (Path folder : TESTS) {
			try (Stream<Path> files = Files.walk(folder)) {
				files.filter((file) -> file.toString().endsWith(".java"))
					.forEach((file) -> tests.add(code(MarkdownPage.read(file).text())));
			}
		}
		assertThat(EXAMPLE.matcher(MarkdownPage.read(DOCS.resolve(page)).text()).results()).isNotEmpty()
			.extracting((example) -> code(example.group(1)))
			.allMatch((example) -> tests.stream().anyMatch((test) -> has(test, example)));
	}

	// Classes of a test are nested, which makes them static
	private static List<String> code(String text) {
		return text.lines()
			.map((line) -> line.strip().replaceFirst("^static class ", "class "))
			.filter((line) -> !line.isEmpty())
			.toList();
	}

	// In this order, whatever is between
	private static boolean has(List<String> test, List<String> example) {
		int found = 0;
		for (String line : test) {
			if (found < example.size() && line.equals(example.get(found))) {
				found++;
			}
		}
		return found == example.size();
	}

	@ParameterizedTest
	@ValueSource(strings = { "README.md", "docs/dependencies.md" })
	void versionsToSetAreThoseOfThisBuild(String page) throws IOException {
		String pom = Files.readString(ROOT.resolve("pom.xml"));
		assertThat(VERSION_TO_SET.matcher(Files.readString(ROOT.resolve(page))).results()).hasSize(2)
			.allSatisfy((version) -> assertThat(pom)
				.contains("<%1$s>%2$s</%1$s>".formatted(version.group(1), version.group(2))));
	}

	@Test
	void readmeHasTheVersionOfThisBuild() throws IOException {
		String pom = Files.readString(ROOT.resolve("pom.xml"));
		assertThat(STARTER.matcher(Files.readString(ROOT.resolve("README.md"))).results()).hasSize(2)
			.allSatisfy((starter) -> assertThat(pom).contains(
					"<artifactId>tidepool-parent</artifactId>\n\t<version>%s</version>".formatted(starter.group(1))));
	}

	private static Stream<String> names(String text) {
		return NAME.matcher(text).results().map((MatchResult name) -> name.group(1));
	}

	private static Path target(MarkdownPage page, String link) {
		String path = link.split("#", 2)[0];
		return path.isEmpty() ? page.file() : page.file().resolveSibling(path).normalize();
	}

	static Stream<MarkdownPage> pages() throws IOException {
		try (Stream<Path> docs = Files.walk(DOCS)) {
			List<Path> files = docs.filter((file) -> file.toString().endsWith(".md")).sorted().toList();
			return Stream.concat(Stream.of(ROOT.resolve("README.md")), files.stream()).map(MarkdownPage::read);
		}
	}

}
