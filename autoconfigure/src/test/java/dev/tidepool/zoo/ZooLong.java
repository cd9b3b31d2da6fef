package dev.tidepool.zoo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

import dev.tidepool.testsupport.Together;
import dev.tidepool.zoo.ZooScenario.Result;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls all upstreams for minutes, and writes {@code docs/upstreams.md}. It runs with
 * {@code mvn -q -Pzoo -pl autoconfigure verify}; {@link ZooIT} asserts the same of some
 * of them in each build. With {@code -Dtidepool.zoo.defaults=false} it leaves out those
 * with their own defaults, which take most of the time, with
 * {@code -Dtidepool.zoo.only=NODE} all but one.
 */
class ZooLong {

	private static final Duration LEARNING = Duration.ofSeconds(15);

	private static final Duration DURATION = DurationStyle
		.detectAndParse(System.getProperty("tidepool.zoo.duration", "1m"));

	/**
	 * The longest idle time-out that can be learned is that of nginx: a connection ages
	 * out, and is watched for 75 s.
	 */
	private static final Duration LEARNING_DEFAULTS = Duration.ofSeconds(120);

	private static final Duration DURATION_DEFAULTS = Duration.ofMinutes(4);

	private static final String ONLY = System.getProperty("tidepool.zoo.only", "");

	private final ZooPage page = new ZooPage();

	@Test
	void upstreams() throws Exception {
		List<ZooUpstream> upstreams = ONLY.isEmpty() ? List.of(ZooUpstream.values())
				: List.of(ZooUpstream.valueOf(ONLY));
		Together<ZooUpstream, Result> set = new Together<>();
		for (ZooUpstream upstream : upstreams) {
			set.start(upstream, new ZooScenario(upstream, upstream.keepAlive(), LEARNING, DURATION)::run);
		}
		this.page.shortKeepAlive(set.results());
		if (!"false".equals(System.getProperty("tidepool.zoo.defaults"))) {
			Together<ZooUpstream, Result> defaults = new Together<>();
			for (ZooUpstream upstream : upstreams) {
				defaults.start(upstream, new ZooScenario(upstream, null, LEARNING_DEFAULTS, DURATION_DEFAULTS)::run);
			}
			this.page.ownDefaults(defaults.results());
		}
		this.page.write(Path.of(System.getProperty("tidepool.zoo.folder", "target/zoo"), "upstreams.md"));
		assertThat(this.page.missed()).isEmpty();
	}

}
