package dev.tidepool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.annotation.Testable;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every test that {@code docs/security.md} names is there, and every threat names one.
 */
class SecurityDocumentationTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "security.md");

	private static final Path CLASSES = Path.of("target", "test-classes");

	private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]+)\\.([a-z][A-Za-z0-9]+)`");

	@Test
	void everyTestThatIsNamedIsThere() throws IOException {
		Map<String, List<Class<?>>> classes = testClasses();
		List<MatchResult> named = TEST.matcher(Files.readString(DOCUMENT)).results().toList();
		assertThat(named).hasSizeGreaterThan(50)
			.allSatisfy((test) -> assertThat(classes.get(test.group(1))).as(test.group())
				.isNotNull()
				.anyMatch((type) -> hasTest(type, test.group(2))));
	}

	@Test
	void everyThreatNamesATest() throws IOException {
		assertThat(Files.readAllLines(DOCUMENT)).filteredOn((line) -> line.startsWith("| "))
			.filteredOn((line) -> !line.startsWith("| Threat"))
			.isNotEmpty()
			.allSatisfy((row) -> assertThat(TEST.matcher(row).results()).as(row).isNotEmpty());
	}

	private static boolean hasTest(Class<?> type, String name) {
		return ReflectionSupport
			.findMethods(type, (method) -> method.getName().equals(name), HierarchyTraversalMode.TOP_DOWN)
			.stream()
			.anyMatch((method) -> AnnotationSupport.isAnnotated(method, Testable.class));
	}

	private static Map<String, List<Class<?>>> testClasses() throws IOException {
		try (Stream<Path> files = Files.walk(CLASSES)) {
			return files.map((file) -> CLASSES.relativize(file).toString())
				.filter((file) -> file.matches("dev/tidepool/.*(Tests|IT|Contract)\\.class"))
				.map((file) -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
				.<Class<?>>map((name) -> ClassUtils.resolveClassName(name, null))
				.collect(Collectors.groupingBy(Class::getSimpleName));
		}
	}

}
