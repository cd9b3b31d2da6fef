package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.tidepool.actuate.findings.Window.Sample;
import dev.tidepool.connection.StatsSnapshot;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;

/**
 * What was known of each upstream in the last minutes, once every few seconds. Bounded by
 * the number of names, of which there are a hundred at most. Only for the sweeper.
 */
public final class History {

	static final Duration INTERVAL = Duration.ofSeconds(10);

	static final Duration LENGTH = Duration.ofMinutes(5);

	private final Upstreams upstreams;

	private final long interval;

	private final long length;

	private final Map<String, Deque<Sample>> samples = new LinkedHashMap<>();

	private long latest;

	/**
	 * Create an empty history.
	 * @param upstreams what it will be the history of
	 */
	public History(Upstreams upstreams) {
		this(upstreams, INTERVAL, LENGTH);
	}

	History(Upstreams upstreams, Duration interval, Duration length) {
		this.upstreams = upstreams;
		this.interval = interval.toNanos();
		this.length = length.toNanos();
		this.latest = upstreams.clock().nanoTime();
	}

	/**
	 * Take a sample, if it is time.
	 * @param now the monotonic clock
	 * @return whether there is something new
	 */
	boolean sample(long now) {
		if (now - this.latest < this.interval) {
			return false;
		}
		for (UpstreamStats stats : this.upstreams.stats()) {
			add(new Sample(stats.snapshot(now), stats.takePeak()), now);
		}
		this.latest = now;
		return true;
	}

	private void add(Sample sample, long now) {
		String name = sample.stats().name();
		Deque<Sample> known = this.samples.computeIfAbsent(name,
				// Its counts began after the sample before
				(key) -> new ArrayDeque<>(List.of(new Sample(StatsSnapshot.nothingYet(key, this.latest), 0))));
		while (known.size() > 1 && now - known.getFirst().stats().at() > this.length) {
			known.removeFirst();
		}
		Sample before = known.removeLast();
		known.add(new Sample(before.stats().withoutMembers(), before.peak()));
		known.add(sample);
	}

	/**
	 * The last minutes of each upstream that was called.
	 * @return the windows, each up to the latest sample
	 */
	List<Window> windows() {
		return this.samples.values().stream().map((known) -> new Window(List.copyOf(known))).toList();
	}

}
