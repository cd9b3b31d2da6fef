package com.example.orders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.actuate.findings.Findings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application as it is, with the orders that it makes up, for an hour: nothing
 * is found. Run by hand:
 * {@code mvn -pl sample-app -am test -Dtest=FindingsSoak -Dsurefire.failIfNoSpecifiedTests=false},
 * with {@code -Dsoak=10m} for less.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "server.address=127.0.0.1")
class FindingsSoak {

	@Test
	void nothingIsFound(@Autowired Findings findings) {
		Duration soak = DurationStyle.detectAndParse(System.getProperty("soak", "1h"));
		long end = System.nanoTime() + soak.toNanos();
		List<Finding> found = new ArrayList<>();
		Awaitility.await().pollInterval(Duration.ofSeconds(5)).atMost(soak.plusMinutes(1)).until(() -> {
			found.addAll(findings.current());
			return !found.isEmpty() || System.nanoTime() - end >= 0;
		});
		assertThat(found).isEmpty();
	}

}
