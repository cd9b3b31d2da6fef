package com.example.orders.faults;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;

import com.example.orders.OrdersApplication;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.actuate.findings.Findings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each fault to try is seen in its meter and by its finding, and then is over.
 */
@Tag("operator")
@SpringBootTest(classes = OrdersApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "orders.trickle=false", "server.address=127.0.0.1" })
class FaultsIT {

	private static final int SECONDS = 4;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private Findings findings;

	@LocalServerPort
	private String port;

	private RunningFaults faults;

	@BeforeEach
	void client() {
		this.faults = new RunningFaults(this.port);
	}

	@Test
	void responsesThatAreDroppedAreLeaks() {
		this.faults.start("leak", 1);
		await().pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
			// The fault's own collection may come while one is still referred to
			System.gc();
			assertThat(closed("leak")).isEqualTo(10);
		});
		awaitFinding("leaks", "inventory");
		await().untilAsserted(() -> assertThat(gauge("tidepool.connections", "inventory", "state", "active")).isZero());
	}

	@Test
	void callersWaitWhereMoreCallThanMay() {
		this.faults.start("saturation", SECONDS);
		await().untilAsserted(() -> {
			assertThat(gauge("tidepool.connections.pending", "payment")).isGreaterThanOrEqualTo(50);
			assertThat(gauge("tidepool.connections", "payment", "state", "active")).isEqualTo(50);
		});
		awaitFinding("callers-wait", "payment");
		await().untilAsserted(() -> assertThat(gauge("tidepool.connections.pending", "payment")).isZero());
	}

	@Test
	void earlierCloseIsLearnedAndForgottenOnceItIsOver() {
		this.faults.start("keep-alive", 30);
		await().untilAsserted(() -> {
			assertThat(gauge("tidepool.keepalive", "inventory", "kind", "learned")).isBetween(0.2, 1.5);
			assertThat(gauge("tidepool.keepalive", "inventory", "kind", "configured")).isEqualTo(2);
			assertThat(closed("peer-closed-idle")).isPositive();
		});
		awaitFinding("closes-idle-earlier", "inventory");
		await().untilAsserted(
				() -> assertThat(gauge("tidepool.keepalive", "inventory", "kind", "learned")).isGreaterThan(1.9));
		await().untilAsserted(() -> assertThat(this.findings.current()).extracting(Finding::id)
			.doesNotContain("closes-idle-earlier"));
	}

	@Test
	void responsesThatAreNotReadCostTheirConnections() {
		this.faults.start("unread", SECONDS);
		await().untilAsserted(() -> {
			assertThat(counter("tidepool.drains", "outcome", "given-up")).isGreaterThanOrEqualTo(20);
			assertThat(closed("unread-response")).isGreaterThanOrEqualTo(20);
		});
		awaitFinding("responses-unread", "inventory");
	}

	@Test
	void repeatsOfAFailingUpstreamUseUpTheirBudget() {
		this.faults.start("failure", 2 * SECONDS);
		await().untilAsserted(() -> assertThat(this.meters.get("tidepool.retries")
			.tags("upstream", "inventory", "cause", "status", "outcome", "no-budget-left")
			.functionCounter()
			.count()).isGreaterThanOrEqualTo(10));
		awaitFinding("retries-denied", "inventory");
		await()
			.untilAsserted(() -> assertThat(gauge("tidepool.retries.budget", "inventory")).isGreaterThanOrEqualTo(10));
	}

	@Test
	void oneIsMadeAtATimeAndNotForLong() {
		assertThat(this.faults.post("typhoon", 1)).isEqualTo(HttpStatus.NOT_FOUND);
		assertThat(this.faults.post("leak", 0)).isEqualTo(HttpStatus.BAD_REQUEST);
		assertThat(this.faults.post("leak", 301)).isEqualTo(HttpStatus.BAD_REQUEST);
		this.faults.start("unread", SECONDS);
		assertThat(this.faults.post("leak", 1)).isEqualTo(HttpStatus.CONFLICT);
	}

	private void awaitFinding(String id, String upstream) {
		await().untilAsserted(() -> assertThat(this.findings.current())
			.anySatisfy((finding) -> assertThat(finding).extracting(Finding::id, Finding::upstream)
				.containsExactly(id, upstream)));
	}

	private double closed(String reason) {
		return counter("tidepool.connections.closed", "reason", reason);
	}

	private double counter(String meter, String tag, String value) {
		return this.meters.get(meter).tags("upstream", "inventory", tag, value).functionCounter().count();
	}

	private double gauge(String meter, String upstream, String... tags) {
		return this.meters.get(meter).tag("upstream", upstream).tags(tags).gauge().value();
	}

	// The first call to an upstream registers its meters
	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(90)).ignoreExceptions();
	}

}
