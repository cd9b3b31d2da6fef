package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.DrainSettings;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Findings come with their fault, go some minutes after it, and are told in the log.
 */
@ExtendWith(OutputCaptureExtension.class)
class FindingsTests {

	private static final Finding OF_APPLICATION = new Finding("bypasses-pool", null, "Something is passed by", null,
			null);

	private long now;

	private final Upstreams upstreams = new Upstreams(
			new UpstreamCatalog(UpstreamSettings.DEFAULTS,
					Map.of(HostPattern.parse("hosts", "orders"), withDrain(new DrainSettings(1024, Duration.ZERO)))),
			1000, () -> this.now);

	private final UpstreamStats orders = stats("orders");

	private List<Finding> ofApplication = List.of();

	private final Findings findings = new Findings(this.upstreams, new History(this.upstreams),
			List.of(() -> this.ofApplication));

	@Test
	void findingComesWithTheFaultAndGoesMinutesAfterIt() {
		sweepFor(Duration.ofMinutes(1));
		assertThat(this.findings.current()).isEmpty();
		leaveUnread(this.orders);
		assertThat(this.findings.current()).isEmpty();
		sweepFor(Duration.ofSeconds(10));
		assertThat(this.findings.current()).singleElement().satisfies((finding) -> {
			assertThat(finding.id()).isEqualTo("responses-unread");
			assertThat(finding.upstream()).isEqualTo("orders");
			assertThat(finding.message()).contains("drain-max-size (1 KiB)");
			assertThat(finding.property()).isEqualTo("tidepool.upstreams.orders.response.drain-max-size");
		});
		sweepFor(Duration.ofSeconds(290));
		assertThat(this.findings.current()).hasSize(1);
		sweepFor(Duration.ofSeconds(10));
		assertThat(this.findings.current()).isEmpty();
	}

	@Test
	void upstreamWithoutSettingsOfItsOwnHasTheGeneralOnes() {
		leaveUnread(stats("payment"));
		sweepFor(Duration.ofSeconds(10));
		assertThat(this.findings.current()).singleElement().satisfies((finding) -> {
			assertThat(finding.upstream()).isEqualTo("payment:80");
			assertThat(finding.message()).contains("drain-max-size (256 KiB)");
		});
	}

	@Test
	void findingsOfTheApplicationComeFirstAndAtOnce() {
		this.ofApplication = List.of(OF_APPLICATION);
		assertThat(this.findings.current()).containsExactly(OF_APPLICATION);
		leaveUnread(this.orders);
		sweepFor(Duration.ofSeconds(10));
		assertThat(this.findings.current()).hasSize(2).startsWith(OF_APPLICATION);
	}

	@Test
	void findingIsLoggedOnceAndWhenItHasGone(CapturedOutput output) {
		this.ofApplication = List.of(OF_APPLICATION);
		leaveUnread(this.orders);
		sweepFor(Duration.ofMinutes(10));
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).satisfiesExactly(
				(line) -> assertThat(line).contains("[bypasses-pool] Something is passed by"),
				(line) -> assertThat(line).contains("[responses-unread] 100 % of the responses of orders (20)"));
		assertThat(output.getOut().lines().filter((line) -> line.contains("is no longer found"))).singleElement()
			.asString()
			.contains("[responses-unread] of orders is no longer found");
	}

	@Test
	void findingThatComesAndGoesIsLoggedOnceAnHour(CapturedOutput output) {
		for (int i = 0; i < 5; i++) {
			leaveUnread(this.orders);
			sweepFor(Duration.ofMinutes(10));
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains("[responses-unread]"))).hasSize(2);
		sweepFor(Duration.ofMinutes(10));
		leaveUnread(this.orders);
		sweepFor(Duration.ofMinutes(10));
		assertThat(output.getOut().lines().filter((line) -> line.contains("[responses-unread]"))).hasSize(4);
	}

	private void leaveUnread(UpstreamStats stats) {
		for (int i = 0; i < 20; i++) {
			stats.used(1_000_000);
			stats.drained(DrainOutcome.GIVEN_UP);
		}
	}

	private void sweepFor(Duration time) {
		for (long second = 0; second < time.toSeconds(); second++) {
			this.now += Duration.ofSeconds(1).toNanos();
			this.findings.swept(this.now);
		}
	}

	private UpstreamStats stats(String host) {
		return this.upstreams.get(new UpstreamKey("http", host, 80, null)).stats();
	}

	private static UpstreamSettings withDrain(DrainSettings drain) {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		return new UpstreamSettings("orders", defaults.pool(), defaults.keepAlive(), defaults.timeout(),
				defaults.retry(), drain, ResponseLimits.DEFAULTS, defaults.maxRedirects(), defaults.proxy(),
				defaults.sslBundle());
	}

}
