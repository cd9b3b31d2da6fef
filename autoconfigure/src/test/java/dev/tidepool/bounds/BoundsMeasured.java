package dev.tidepool.bounds;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

import dev.tidepool.bounds.BoundsFanOut.Answer;
import dev.tidepool.bounds.BoundsFanOut.Load;
import dev.tidepool.bounds.BoundsTime.Stall;
import dev.tidepool.connections.Page;
import dev.tidepool.measured.Client;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures that every wait is bounded, and what that is good for, and writes
 * {@code docs/measured/bounds.md}. Not a test: it looks at times, and takes minutes. It
 * runs with {@code mvn -q -Pmeasured-bounds -pl autoconfigure verify}; {@link BoundsIT}
 * asserts the counts in each build.
 */
class BoundsMeasured {

	private static final String COMMAND = "mvn -q -Pmeasured-bounds -pl autoconfigure verify";

	private static final Duration LATEST = Duration.ofMillis(50);

	private static final Duration LONGEST_DRAIN = Duration.ofMillis(200);

	private static final int CROWD = 5000;

	private static final Duration ROUND = Duration.ofSeconds(2);

	private static final Duration LOAD = Duration.ofSeconds(15);

	// Of one fan-out
	private static final Duration BUDGET = Duration.ofMillis(300);

	private static final int STALLING_PERCENT = 5;

	private static final int MAX_CONNECTIONS = 200;

	// Of Tomcat and of the sample's executor, 200 each, and those that everyone has
	private static final int MAX_THREADS = 450;

	private static final int MEBIBYTE = 1024 * 1024;

	@TempDir
	private Path folder;

	private final Page page = new Page();

	@BeforeAll
	static void logLess() {
		LoggingSystem logging = LoggingSystem.get(BoundsMeasured.class.getClassLoader());
		// Calls that fail as they are meant to
		List.of("org.apache.hc.client5", "dev.tidepool").forEach((name) -> logging.setLogLevel(name, LogLevel.ERROR));
	}

	@Test
	void bounds() throws Exception {
		time();
		unread();
		unclosed();
		descriptors();
		pending();
		warmUp();
		fanOut();
		Path file = Path.of(System.getProperty("tidepool.measured.folder", "target/measured"), "bounds.md");
		this.page.write(file.toAbsolutePath().normalize(), "Bounds: every wait ends", COMMAND);
		assertThat(this.page.missed()).isEmpty();
	}

	private void time() throws Exception {
		this.page.section("A call that may take 300 ms, to an upstream that takes 5 s", "The upstream",
				"Plain Boot, read-timeout: longest call", "Ended by it", "Tidepool, timeout.call: longest call",
				"Ended by it", "Longest of a thread that sleeps 300 ms meanwhile", "All within 350 ms");
		for (Stall stall : Stall.values()) {
			BoundsTime.Result plain = BoundsTime.run(Client.PLAIN_BOOT, stall, 10);
			BoundsTime.Result tidepool = BoundsTime.run(Client.TIDEPOOL, stall, 50);
			boolean each = tidepool.ended() == tidepool.calls() && tidepool.requests() == tidepool.calls();
			this.page.row(stall.display(), plain.longest(), plain.ended() + " of " + plain.calls(), tidepool.longest(),
					tidepool.ended() + " of " + tidepool.calls(), tidepool.asleep(),
					this.page.verdict(stall.display() + ": " + tidepool, each && isWithin(tidepool.late(), LATEST)));
		}
		this.page.note("What the sleeping threads were late is the machine's doing, and allowed for.");
	}

	private void unread() throws Exception {
		this.page.section("Responses of which only the status is looked at", "What", "Required", "Plain Boot",
				"Tidepool", "Reached");
		compare("50 calls for bodies of 1 byte to 64 KiB: connections opened", "at most 1",
				BoundsUnread.connections(Client.PLAIN_BOOT, 50), BoundsUnread.connections(Client.TIDEPOOL, 50),
				Function.identity(), (connections) -> connections <= 1);
		drip("A body that drips for 3 s", Duration.ofSeconds(3));
		drip("A body that drips without an end, cut off by the upstream after 10 s", BoundsUnread.ENDLESS);
		BoundsUnread.Result plain = BoundsUnread.large(Client.PLAIN_BOOT);
		BoundsUnread.Result tidepool = BoundsUnread.large(Client.TIDEPOOL);
		compare("A body of 16 MiB: the caller is back after", "less than 200 ms", plain, tidepool,
				(result) -> Page.millis(result.back()), (result) -> isWithin(result.back(), LONGEST_DRAIN));
		compare("The same: given up, after the upstream had handed to its kernel", "yes", plain, tidepool,
				(result) -> "%s, %.1f MiB".formatted(result.givenUp() ? "yes" : "no",
						(double) result.sent() / MEBIBYTE),
				BoundsUnread.Result::givenUp);
	}

	private void drip(String what, Duration duration) throws Exception {
		compare(what + ": the caller is back after", "less than 200 ms", BoundsUnread.drip(Client.PLAIN_BOOT, duration),
				BoundsUnread.drip(Client.TIDEPOOL, duration), (result) -> Page.millis(result.back()),
				(result) -> isWithin(result.back(), LONGEST_DRAIN));
	}

	private void unclosed() throws Exception {
		this.page.section("Five responses that are never closed, from a pool of five", "What", "Required", "Plain Boot",
				"Tidepool", "Reached");
		BoundsUnclosed.Result plain = BoundsUnclosed.run(Client.PLAIN_BOOT);
		BoundsUnclosed.Result tidepool = BoundsUnclosed.run(Client.TIDEPOOL);
		compare("The sixth call ends after", "acquire-timeout, 2 s, and no more than half a second", plain, tidepool,
				(result) -> ended(result.sixth()), (result) -> result.sixth().failure() != null
						&& isWithin(result.sixth().elapsed(), BoundsUnclosed.ACQUIRE_TIMEOUT.plusMillis(500)));
		compare("The next call, after a garbage collection", "succeeds", plain, tidepool,
				(result) -> result.next().succeeded() ? "succeeds after " + Page.millis(result.next().elapsed())
						: ended(result.next()),
				(result) -> result.next().succeeded());
		this.page.note("The sixth call says: `%s`".formatted(tidepool.sixth().failure()));
	}

	private static String ended(BoundsUnclosed.Outcome outcome) {
		return outcome.endedByItself() ? Page.millis(outcome.elapsed())
				: "not, stopped after " + BoundsUnclosed.PATIENCE.toSeconds() + " s";
	}

	private void descriptors() throws Exception {
		this.page.section(
				"%d calls of an upstream that takes 2 s, in an application that may have %d descriptors"
					.formatted(DescriptorsScenario.CALLS, DescriptorsScenario.DESCRIPTORS),
				"What", "Required", "Plain Boot", "Tidepool", "Reached");
		DescriptorsScenario.Result plain = DescriptorsScenario.run(false,
				Files.createDirectories(this.folder.resolve("plain")));
		DescriptorsScenario.Result tidepool = DescriptorsScenario.run(true,
				Files.createDirectories(this.folder.resolve("tidepool")));
		compare("Succeed, are refused by the pool", "", plain, tidepool,
				(result) -> result.succeeded() + ", " + result.refused(), null);
		compare("Fail otherwise, as with EMFILE", "0", plain, tidepool, DescriptorsScenario.Result::failed,
				(result) -> result.failed() == 0);
		compare("Of %d calls after that, through fresh builders, succeed".formatted(DescriptorsScenario.CALLS),
				String.valueOf(DescriptorsScenario.CALLS), plain, tidepool,
				DescriptorsScenario.Result::succeededAfterwards,
				(result) -> result.succeededAfterwards() == DescriptorsScenario.CALLS);
		compare("Active and pending in the end", "0, 0", plain, tidepool,
				(result) -> result.active() + ", " + result.pending(),
				(result) -> result.active() == 0 && result.pending() == 0);
	}

	private void pending() throws Exception {
		this.page.section(CROWD + " callers wait for connections to one upstream", "What", "Required", "Plain Boot",
				"Tidepool", "Reached");
		BoundsPending.Result plain = BoundsPending.run(Client.PLAIN_BOOT, CROWD, 5, ROUND);
		BoundsPending.Result tidepool = BoundsPending.run(Client.TIDEPOOL, CROWD, 5, ROUND);
		compare("Calls a second of another upstream, before and meanwhile", "", plain, tidepool,
				(result) -> "%.0f, %.0f".formatted(result.alone(), result.crowded()), null);
		compare("What they cost it", "less than 10 %", plain, tidepool, (result) -> Page.percent(result.cost()),
				(result) -> result.cost() < 0.1);
		this.page.note("4 callers of the other upstream, %d s without and %d s with the crowd in turn; medians of 5."
			.formatted(ROUND.toSeconds(), ROUND.toSeconds()));
	}

	private void warmUp() throws Exception {
		this.page.section("The first call of an application, over TLS", "What", "The first call", "The thousandth",
				"The difference", "Connections that first calls opened");
		int applications = 20;
		warmUp("Plain Boot", BoundsWarmUp.run(Client.PLAIN_BOOT, 0, applications));
		BoundsWarmUp.Result cold = BoundsWarmUp.run(Client.TIDEPOOL, 0, applications);
		warmUp("Tidepool", cold);
		BoundsWarmUp.Result warm = BoundsWarmUp.run(Client.TIDEPOOL, 1, applications);
		warmUp("Tidepool, pool.min-idle: 1", warm);
		this.page.note("Medians of %d applications. Required, that the first call opens no connection: %s."
			.formatted(applications, this.page.verdict("first call", warm.openedByFirst() == 0)));
	}

	private void warmUp(String what, BoundsWarmUp.Result result) {
		this.page.row(what, result.first(), result.later(), result.difference(), result.openedByFirst());
	}

	private void fanOut() throws Exception {
		FanOuts plain = fanOut(Client.PLAIN_BOOT);
		FanOuts jdk = fanOut(Client.PLAIN_BOOT_WITH_JDK_CLIENT);
		FanOuts tidepool = fanOut(Client.TIDEPOOL);
		fanOutSection("20 callers of a fan-out, an upstream that takes 100 ms");
		steady(new Side<>(plain.usual(), jdk.usual(), tidepool.usual()), "at least 95 %", 0.95);
		this.page.note("""
				The sample application's `/quotes` makes 1 to 8 POSTs at the same time, and answers within 300 ms with \
				what came, named as partial; with an error when nothing did. It runs in a process of its own with 256 \
				MiB of heap, and is called over HTTP for %d s a load, after as long for warming up. Its code bounds \
				threads and budget with every client; without Tidepool it has a read-timeout of 250 ms where it has a \
				timeout.call with it.\
				""".formatted(LOAD.toSeconds()));
		fanOutSection("The same, and 5 % of the answers stall for 30 s");
		steady(new Side<>(plain.stalling(), jdk.stalling(), tidepool.stalling()), "at least 70 %", 0.70);
		fanOutSection("500 callers, who come back after a second when they are refused");
		overload(new Side<>(plain.overload(), jdk.overload(), tidepool.overload()));
	}

	private static FanOuts fanOut(Client client) throws Exception {
		try (BoundsFanOut fanOut = new BoundsFanOut(client)) {
			fanOut.run(20, LOAD, 0);
			return new FanOuts(fanOut.run(20, LOAD, 0), fanOut.run(20, LOAD, STALLING_PERCENT),
					fanOut.run(500, LOAD, 0));
		}
	}

	private void fanOutSection(String title) {
		this.page.section(title, "What", "Required", "Plain Boot", "Plain Boot, JDK's client", "Tidepool", "Reached");
	}

	private void steady(Side<Load> loads, String required, double share) {
		answers(loads);
		compare("Answers that are 2xx", required, loads, (load) -> Page.percent(load.share(Answer::good)),
				(load) -> load.share(Answer::good) >= share);
		compare("Answers that are complete", "", loads, (load) -> Page.percent(load.share(Answer::complete)), null);
		compare("2xx: median, p99", "", loads, (load) -> times(load, Answer::good), null);
		atRest(loads);
		compare("Threads after it, more than before", "at most 10", loads,
				(load) -> load.after().threads() - load.before().threads(),
				(load) -> load.after().threads() - load.before().threads() <= 10);
		heap(loads, 4);
	}

	private void overload(Side<Load> loads) {
		answers(loads);
		compare("2xx a second", "", loads, (load) -> load.count(Answer::good) / LOAD.toSeconds(), null);
		compare("2xx: median, p99", "", loads, (load) -> times(load, Answer::good), null);
		compare("Refused", "", loads, (load) -> load.count(Answer::refused), null);
		compare("Refused: median, p99", "p99 sooner than an answer may take, 300 ms", loads,
				(load) -> times(load, Answer::refused),
				(load) -> isWithin(load.percentile(0.99, Answer::refused), BUDGET));
		atRest(loads);
		compare("All carriers answer again after", "at most 2 s", loads, (load) -> Page.millis(load.recovered()),
				(load) -> isWithin(load.recovered(), Duration.ofSeconds(2)));
		compare("Most threads", "at most " + MAX_THREADS, loads, Load::threads,
				(load) -> load.threads() <= MAX_THREADS);
		compare("Most sockets to the upstream", "at most " + MAX_CONNECTIONS, loads, Load::sockets,
				(load) -> load.sockets() <= MAX_CONNECTIONS);
		heap(loads, 32);
	}

	private void answers(Side<Load> loads) {
		compare("Answers", "", loads, (load) -> load.answers().size(), null);
		compare("Callers that got none", "0", loads, Load::failed, (load) -> load.failed() == 0);
	}

	private void atRest(Side<Load> loads) {
		compare("Nothing pending or active any more after", "at most 1 s", loads, (load) -> Page.millis(load.quiet()),
				(load) -> isWithin(load.quiet(), Duration.ofSeconds(1)));
	}

	private void heap(Side<Load> loads, int most) {
		compare("Heap after it, more than before", "at most %d MiB".formatted(most), loads,
				(load) -> "%.1f MiB".formatted(moreHeap(load)), (load) -> moreHeap(load) <= most);
	}

	private static double moreHeap(Load load) {
		return (double) (load.after().heap() - load.before().heap()) / MEBIBYTE;
	}

	private static String times(Load load, Predicate<Answer> kind) {
		return Page.millis(load.percentile(0.5, kind)) + ", " + Page.millis(load.percentile(0.99, kind));
	}

	private <T> void compare(String what, String required, T plain, T tidepool, Function<T, ?> display,
			Predicate<T> reached) {
		this.page.row(what, required, display.apply(plain), display.apply(tidepool),
				verdict(what, tidepool, display, reached));
	}

	private <T> void compare(String what, String required, Side<T> sides, Function<T, ?> display,
			Predicate<T> reached) {
		this.page.row(what, required, display.apply(sides.plain()), display.apply(sides.jdk()),
				display.apply(sides.tidepool()), verdict(what, sides.tidepool(), display, reached));
	}

	private <T> String verdict(String what, T tidepool, Function<T, ?> display, Predicate<T> reached) {
		return (reached != null) ? this.page.verdict(what + ": " + display.apply(tidepool), reached.test(tidepool))
				: "";
	}

	private static boolean isWithin(Duration elapsed, Duration bound) {
		return elapsed.compareTo(bound) <= 0;
	}

	/**
	 * What each client brought.
	 *
	 * @param plain plain Boot
	 * @param jdk plain Boot with the JDK's client
	 * @param tidepool Tidepool
	 */
	private record Side<T>(T plain, T jdk, T tidepool) {
	}

	/**
	 * What became of each load.
	 *
	 * @param usual 20 callers
	 * @param stalling 20 callers, and some answers stall
	 * @param overload 500 callers
	 */
	private record FanOuts(Load usual, Load stalling, Load overload) {
	}

}
