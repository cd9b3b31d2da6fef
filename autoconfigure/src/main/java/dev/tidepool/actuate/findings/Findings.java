package dev.tidepool.actuate.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.Upstreams;

/**
 * What is wrong at present, and what to change. Made on the sweeper's thread, each time
 * that the history has grown; reading it costs nothing.
 */
public final class Findings implements ConnectionListener {

	private final Upstreams upstreams;

	private final History history;

	private final List<Supplier<List<Finding>>> ofApplication;

	private final FindingsLog log = new FindingsLog();

	private volatile List<Finding> ofUpstreams = List.of();

	/**
	 * Create findings. They come once this listens to what happens in the pool.
	 * @param upstreams the settings of each upstream
	 * @param history what was seen of them
	 * @param ofApplication what concerns the application as a whole
	 */
	public Findings(Upstreams upstreams, History history, List<Supplier<List<Finding>>> ofApplication) {
		this.upstreams = upstreams;
		this.history = history;
		this.ofApplication = List.copyOf(ofApplication);
	}

	/**
	 * What was found at the latest look, at most some seconds ago.
	 * @return the findings, those of the whole application first
	 */
	public List<Finding> current() {
		List<Finding> current = new ArrayList<>();
		this.ofApplication.forEach((findings) -> current.addAll(findings.get()));
		current.addAll(this.ofUpstreams);
		return List.copyOf(current);
	}

	@Override
	public void swept(long now) {
		if (this.history.sample(now)) {
			this.ofUpstreams = this.history.windows()
				.stream()
				.flatMap((window) -> UpstreamRules.check(evidence(window)).stream())
				.toList();
			this.log.update(current(), now);
		}
	}

	private Evidence evidence(Window window) {
		String name = window.last().name();
		return new Evidence(window, this.upstreams.catalog().named(name), this.upstreams.gate().maxTotal());
	}

}
