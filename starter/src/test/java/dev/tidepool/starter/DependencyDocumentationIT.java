package dev.tidepool.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.tidepool.starter.Dependencies.Dependency;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page on dependencies has each that an application gets with the starter, so that
 * none comes unseen. What it says of one is written by hand.
 */
class DependencyDocumentationIT {

	private static final Path PAGE = Path.of("..", "docs", "dependencies.md");

	@Test
	void pageHasTheTree() throws IOException {
		assertThat(PAGE).content()
			.as("stale; the tree is that of starter/target/dependency-tree.txt, without our own version")
			.contains("```text\n" + Dependencies.tree() + "\n```\n");
	}

	@Test
	void pageHasARowForEachDependencyOfOthers() throws IOException {
		List<String> rows = new ArrayList<>();
		for (Dependency dependency : Dependencies.all()) {
			if (!dependency.isOurs()) {
				rows.add("| `%s` | %s | %d |".formatted(dependency.name(), dependency.version(),
						dependency.kibibytes()));
			}
		}
		assertThat(rows).isNotEmpty();
		assertThat(Files.readAllLines(PAGE)).filteredOn((line) -> line.matches("\\| `[\\w.-]+:[\\w.-]+` .*"))
			.as("rows of the page: name, version and KiB, then licence and reason")
			.allSatisfy((line) -> assertThat(line).matches("(\\|[^|]+){5}\\|"))
			.extracting((line) -> line.replaceFirst("(\\|[^|]+\\|[^|]+\\|[^|]+\\|).*", "$1"))
			.containsExactlyInAnyOrderElementsOf(rows);
	}

}
