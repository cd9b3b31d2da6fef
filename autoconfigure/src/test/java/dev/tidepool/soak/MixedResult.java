package dev.tidepool.soak;

import java.util.Map;
import java.util.stream.Stream;

import dev.tidepool.connection.CloseReason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What came of a soak.
 *
 * @param soak the soak
 * @param tally how the calls ended
 * @param disturbances what happened to the upstreams
 * @param books what the ledger says
 * @param early what was in use after the start
 * @param late what was in use in the end
 * @param cores processor time of the whole test, upstreams and all, by the time that
 * passed
 */
record MixedResult(MixedSoak soak, MixedTally tally, MixedDisturbances disturbances, MixedLedger.Books books,
		MixedUsage early, MixedUsage late, double cores) {

	void assertAllIsWell() {
		assertThat(this.tally.firstViolations())
			.as("%d violations; again with -D%s=%d", this.tally.violations(), MixedSoak.SEED, this.soak.seed())
			.isEmpty();
		assertThat(ended()).isEqualTo(this.tally.started());
		assertThat(this.tally.count(MixedOutcome.SUCCEEDED)).isGreaterThan(this.tally.started() / 2);
		assertThat(Stream.of(MixedOutcome.values()).filter(MixedOutcome::isSureToOccur))
			.allMatch((outcome) -> this.tally.count(outcome) > 0);
		this.late.assertNotAbove(this.early);
	}

	private int ended() {
		return Stream.of(MixedOutcome.values()).mapToInt(this.tally::count).sum();
	}

	/**
	 * The result as tables of Markdown.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("%s, %d calls a second, seed %d: %,d calls\n\n"
			.formatted(this.soak.duration(), this.soak.rate(), this.soak.seed(), this.tally.started()));
		row(text, "Calls", "RestClient", "WebClient", "Both");
		row(text, "---", "---:", "---:", "---:");
		for (MixedOutcome outcome : MixedOutcome.values()) {
			row(text, outcome, this.tally.count(outcome, false), this.tally.count(outcome, true),
					this.tally.count(outcome));
		}
		text.append('\n');
		row(text, "Meanwhile", "");
		row(text, "---", "---:");
		row(text, "Attempts after the first", this.books.retries());
		row(text, "Callers interrupted or gone before the end", this.tally.leaves());
		row(text, "Restarts", this.disturbances.restarts());
		row(text, "Changes of address", this.disturbances.moves());
		row(text, "Rotations of certificates", this.disturbances.rotations());
		row(text, "Connections opened", this.books.opened());
		for (Map.Entry<CloseReason, Long> closed : this.books.closed().entrySet()) {
			row(text, "Closed, " + closed.getKey().tag(), closed.getValue());
		}
		row(text, "Processor time by time, of the whole test", "%.0f %%".formatted(100 * this.cores));
		text.append('\n');
		row(text, "In use when nobody calls", "After the start", "In the end");
		row(text, "---", "---:", "---:");
		row(text, "Heap, KiB", this.early.heap().total() / 1024, this.late.heap().total() / 1024);
		row(text, "Grown most", "", this.late.heap().growthSince(this.early.heap()));
		row(text, "Descriptors", this.early.descriptors(), this.late.descriptors());
		row(text, "Threads", this.early.threads(), this.late.threads());
		row(text, "Connections that are open yet", "", this.books.open());
		return text.toString();
	}

	private static void row(StringBuilder text, Object... cells) {
		for (Object cell : cells) {
			text.append("| ").append((cell instanceof Number number) ? "%,d".formatted(number) : cell).append(' ');
		}
		text.append("|\n");
	}

}
