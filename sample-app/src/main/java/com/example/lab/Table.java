package com.example.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;

import com.example.lab.Comparison.Better;
import com.example.lab.Experiment.Description;

/**
 * Results as text.
 */
final class Table {

	private static final int WIDTH = 100;

	private static final String ROW = "    %-38s %24s %24s%n";

	private Table() {
	}

	/**
	 * All that is known of one experiment.
	 */
	static String details(Comparison comparison) {
		Description description = comparison.description();
		StringBuilder text = new StringBuilder();
		text.append(wrapped("%s Upstream: %s.".formatted(description.shows(), comparison.upstream())));
		if (!comparison.plainProperties().isEmpty() || !comparison.tidepoolProperties().isEmpty()) {
			text.append(wrapped("Set: " + properties(comparison)));
		}
		text.append(ROW.formatted("", Side.PLAIN.label(), Side.TIDEPOOL.label()));
		for (Measure plain : comparison.plain().measures()) {
			text.append(ROW.formatted(plain.name(), plain.text(), comparison.tidepool().measure(plain.name()).text()));
		}
		text.append(ROW.formatted("failures", comparison.plain().failuresText(), comparison.tidepool().failuresText()));
		return text.append(wrapped(verdict(comparison.better()) + " " + description.why())).toString();
	}

	/**
	 * One row for each experiment, as Markdown, and what ended it early.
	 */
	static String summary(Report report) {
		StringBuilder text = new StringBuilder();
		text.append("| Experiment | Less is better | %s | %s | Better | Upstream |%n".formatted(Side.PLAIN.label(),
				Side.TIDEPOOL.label()));
		text.append("|---|---|---:|---:|---|---|%n".formatted());
		for (Comparison comparison : report.comparisons()) {
			Description description = comparison.description();
			text.append("| %s | %s | %s | %s | %s | %s |%n".formatted(description.title(), description.headline(),
					comparison.plain().measure(description.headline()).text(),
					comparison.tidepool().measure(description.headline()).text(), name(comparison.better()),
					comparison.upstream()));
		}
		if (report.failure() != null) {
			text.append("%nEnded early: %s%n".formatted(report.failure()));
		}
		return text.toString();
	}

	private static String properties(Comparison comparison) {
		if (comparison.plainProperties().equals(comparison.tidepoolProperties())) {
			return properties(comparison.plainProperties());
		}
		return "%s: %s; %s: %s".formatted(Side.PLAIN.label(), properties(comparison.plainProperties()),
				Side.TIDEPOOL.label(), properties(comparison.tidepoolProperties()));
	}

	private static String properties(Map<String, String> properties) {
		return properties.entrySet().stream().map(Entry::toString).collect(Collectors.joining(", "));
	}

	private static String verdict(Better better) {
		return switch (better) {
			case PLAIN -> "Plain Boot does better here.";
			case NEITHER -> "Plain Boot does as well here.";
			case TIDEPOOL -> "Why:";
		};
	}

	private static String name(Better better) {
		return switch (better) {
			case PLAIN -> Side.PLAIN.label();
			case NEITHER -> "no difference";
			case TIDEPOOL -> Side.TIDEPOOL.label();
		};
	}

	private static String wrapped(String text) {
		List<String> lines = new ArrayList<>();
		StringBuilder line = new StringBuilder();
		for (String word : text.split(" ")) {
			if (line.length() + word.length() > WIDTH) {
				lines.add(line.toString());
				line.setLength(0);
			}
			line.append(line.isEmpty() ? "  " : " ").append(word);
		}
		lines.add(line.toString());
		return String.join(System.lineSeparator(), lines) + System.lineSeparator();
	}

}
