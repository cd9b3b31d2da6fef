package dev.tidepool.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.tidepool.zoo.ZooScenario.Phase;
import dev.tidepool.zoo.ZooScenario.Result;

/**
 * What was learned of each upstream and what became of the calls, as the last part of a
 * page of Markdown, which remembers what was required and not reached.
 */
final class ZooPage {

	private static final String NONE = "none";

	private static final String HEADING = "## Tried with Tidepool";

	private final StringBuilder text = new StringBuilder(HEADING)
		.append("""


				Written by `mvn -q -Pzoo -pl autoconfigure verify`, which needs all of them installed.

				Nothing is configured in Tidepool but more retries, so that a GET outlasts a restart. 16 lanes, half of them
				RestClient and half WebClient, call each upstream, GET and POST in turn: 8 pause for its idle time-out within
				0.25 %, 8 for 0.6 to 1.2 of it. Each lane has connections of its own; what is learned is shared. Failures are
				counted once there was time to learn, and lost POSTs before that. Then 16 callers on shared connections make
				GETs and POSTs without a pause to speak of while the upstream is stopped and started again.
				""");

	private final List<String> missed = new ArrayList<>();

	void shortKeepAlive(List<Result> results) throws Exception {
		section("With a short keep-alive", "Keep-alive set", results);
		restarts(results);
	}

	void ownDefaults(List<Result> results) throws Exception {
		section("With their own defaults", "Documented keep-alive", results);
		this.text
			.append("""

					What an upstream keeps for longer than 120 s, or for ever, cannot be learned, and is called around the 5 s \
					that Tidepool then reckons with. Of what is learned, 60 s are used at most.
					""");
	}

	private void section(String title, String keepAlive, List<Result> results) throws Exception {
		this.text.append("\n### ").append(title).append("\n\n");
		row("Upstream", "Version", keepAlive, "Keep-Alive header", "Learned time-out", "Connections trusted for",
				"Last request of a connection", "Closed idle connections first", "GETs failed", "POSTs failed",
				"POSTs lost while learning", "Note");
		row("---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---");
		for (Result result : results) {
			ZooScenario scenario = result.scenario();
			ZooUpstream upstream = scenario.upstream();
			Phase after = result.after();
			row(upstream.display(), upstream.version(),
					seconds((scenario.keepAlive() != null) ? scenario.keepAlive() : upstream.defaultKeepAlive()),
					seconds(result.known().announcedTimeout()), seconds(result.known().confirmedTimeout()),
					seconds(result.known().trusted()), requestLimit(result), closedFirst(after), after.failedGets(),
					after.failedPosts(), result.learning().failedPosts(),
					(scenario.keepAlive() != null) ? upstream.note() : upstream.noteOnDefaults());
			require(upstream, title, after.failedGets() + after.failedPosts() + result.learning().failedGets() == 0
					&& result.missing() == 0, result);
		}
	}

	private void restarts(List<Result> results) {
		this.text.append("\n### Restarted under load\n\n");
		row("Upstream", "GETs failed", "POSTs failed, only by name and only at the restart", "POSTs that arrived twice",
				"Time-out learned before", "After");
		row("---", "---", "---", "---", "---", "---");
		for (Result result : results) {
			ZooRestart restart = result.restart();
			row(result.scenario().upstream().display(), restart.failedGets(),
					restart.others().isEmpty() ? "yes" : "**no**", result.twice(),
					seconds(result.known().confirmedTimeout()), seconds(result.atEnd().confirmedTimeout()));
			require(result.scenario().upstream(), "restart",
					restart.failedGets() == 0 && restart.others().isEmpty() && result.twice() == 0, result);
		}
	}

	// Whoever closes first: the upstream does it unheard only where nobody could get it
	private static String closedFirst(Phase after) {
		String first = (after.peerClosed() == 0) ? "Tidepool" : "upstream (" + after.peerClosed() + ")";
		return (after.announced() > 0) ? first + "; upstream announced others" : first;
	}

	private static String requestLimit(Result result) {
		int learned = result.atEnd().learnedMaxRequests();
		if (learned > 0) {
			return learned + ", learned";
		}
		return (result.announcedLimit() > 0) ? result.announcedLimit() + ", announced" : NONE;
	}

	private static String seconds(Duration duration) {
		return (duration == null || duration.isZero()) ? NONE
				: String.format(Locale.ROOT, "%.1f s", duration.toNanos() / 1e9);
	}

	private void row(Object... cells) {
		for (Object cell : cells) {
			this.text.append("| ").append(cell).append(" ");
		}
		this.text.append("|\n");
	}

	private void require(ZooUpstream upstream, String what, boolean reached, Result result) {
		if (!reached) {
			this.missed.add(upstream.display() + ", " + what + ": " + result);
		}
	}

	List<String> missed() {
		return this.missed;
	}

	// What stands before it was written by people
	void write(Path file) throws IOException {
		Files.createDirectories(file.getParent());
		String written = Files.exists(file) ? Files.readString(file) : "";
		Files.writeString(file, written.substring(0, Math.max(0, written.indexOf(HEADING))) + this.text);
	}

}
