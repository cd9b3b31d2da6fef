package dev.tidepool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page of the documentation, read as a repository browser does.
 *
 * @param file where it is
 * @param text what it says
 */
record MarkdownPage(Path file, String text) {

	private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```$");

	private static final Pattern CODE = Pattern.compile("`[^`\n]*`");

	private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

	private static final Pattern QUOTE = Pattern.compile("(?m)^> (.*)$");

	static MarkdownPage read(Path file) {
		try {
			return new MarkdownPage(file, Files.readString(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What it links to.
	 * @return paths, fragments and addresses, as written
	 */
	List<String> links() {
		return LINK.matcher(CODE.matcher(withoutBlocks()).replaceAll(""))
			.results()
			.map((link) -> link.group(1))
			.toList();
	}

	List<String> headings() {
		return HEADING.matcher(withoutBlocks()).results().map((heading) -> heading.group(1)).toList();
	}

	List<String> quotes() {
		return QUOTE.matcher(withoutBlocks()).results().map((quote) -> quote.group(1)).toList();
	}

	/**
	 * The fragments that lead to its headings, as GitHub and GitLab make them.
	 * @return the fragments
	 */
	Set<String> anchors() {
		Set<String> anchors = new HashSet<>();
		Map<String, Integer> times = new HashMap<>();
		for (String heading : headings()) {
			String anchor = heading.toLowerCase(Locale.ROOT)
				.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
				.replaceAll("[^\\p{L}\\p{N} _-]", "")
				.replace(' ', '-');
			int before = times.merge(anchor, 1, Integer::sum) - 1;
			anchors.add((before == 0) ? anchor : anchor + "-" + before);
		}
		return anchors;
	}

	/**
	 * The file that it has the reader write: the block below a line that is the name.
	 * @param name the path of the file
	 * @return its content
	 */
	String fileNamed(String name) {
		Matcher block = Pattern.compile("(?ms)^`" + Pattern.quote(name) + "`:\n\n```\\w+\n(.*?)^```$")
			.matcher(this.text);
		if (!block.find()) {
			throw new IllegalArgumentException(this.file + " has no block for " + name);
		}
		return block.group(1);
	}

	/**
	 * What it has the reader enter, with what that prints.
	 * @return the commands, each with the block that follows
	 */
	List<Command> commands() {
		return Pattern.compile("(?ms)^```sh\n([^\n]*)\n```\n\n(?:[^`#\n][^\n]*\n+)*```(\\w+)\n(.*?)^```$")
			.matcher(this.text)
			.results()
			.map((each) -> new Command(each.group(1), each.group(2), each.group(3)))
			.collect(Collectors.toList());
	}

	private String withoutBlocks() {
		return BLOCK.matcher(this.text).replaceAll("");
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

	/**
	 * A command.
	 *
	 * @param line what is entered
	 * @param language in what it answers
	 * @param output what it answers, at least
	 */
	record Command(String line, String language, String output) {

	}

}
