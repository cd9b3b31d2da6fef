package dev.tidepool.connection;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the latest calls tell of an upstream, and for how long they do.
 */
class UpstreamStateTests {

	private final ManualClock clock = new ManualClock(-5);

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 1,
			this.clock);

	private final Upstream upstream = this.upstreams.get(new UpstreamKey("http", "orders", 80, null));

	@Test
	void unreachableAfterThreeFailuresInARowForAMinute() {
		fail(2);
		connected(true);
		fail(2);
		assertState(UpstreamState.OK);
		fail(1);
		assertState(UpstreamState.UNREACHABLE);
		assertThat(this.upstream.stats().state(this.clock.nanoTime())).isEqualTo(UpstreamState.UNREACHABLE);
		this.clock.advance(ConnectFailures.RECENT - 1);
		assertState(UpstreamState.UNREACHABLE);
		this.clock.advance(1);
		assertState(UpstreamState.OK);
		fail(1);
		assertState(UpstreamState.UNREACHABLE);
		connected(true);
		assertState(UpstreamState.OK);
	}

	@Test
	void reachableAsLongAsAConnectionIsLeft() {
		ConnectionRecord connection = this.upstream.connected(new QuietProbe(), null, 0);
		fail(3);
		assertState(UpstreamState.OK);
		connection.closed();
		assertState(UpstreamState.UNREACHABLE);
	}

	@Test
	void saturatedWhileACallerWasTurnedAwayAMomentAgo() throws Exception {
		AdmissionGate.Lane lane = this.upstream.lane();
		assertThat(lane.enter(0)).isEqualTo(Admission.ADMITTED);
		assertState(UpstreamState.OK);
		assertThat(lane.enter(0)).isEqualTo(Admission.EXPIRED);
		assertState(UpstreamState.SATURATED);
		this.clock.advance(AdmissionGate.RECENT - 1);
		assertState(UpstreamState.SATURATED);
		this.clock.advance(1);
		assertState(UpstreamState.OK);
		assertThat(lane.enter(0)).isEqualTo(Admission.EXPIRED);
		lane.leave();
		assertState(UpstreamState.OK);
	}

	private void fail(int times) {
		for (int i = 0; i < times; i++) {
			connected(false);
		}
	}

	private void connected(boolean success) {
		this.upstream.connectFailures().connected(success, this.clock.nanoTime());
	}

	private void assertState(UpstreamState state) {
		assertThat(this.upstream.state(this.clock.nanoTime())).isEqualTo(state);
	}

}
