package dev.tidepool.actuate.findings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.policy.KeepAliveSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each rule speaks on its fault, and is silent just below its threshold. All rules look
 * at each case, so that no fault makes two findings.
 */
class UpstreamRulesTests {

	private static final Duration QUICK = Duration.ofMillis(20);

	private static final Duration NO_WAIT = Duration.ofNanos(2000);

	private final SeenUpstream seen = new SeenUpstream();

	@Test
	void nothingIsFoundOfAnUpstreamThatWasNotCalled() {
		assertFindsNothing(this.seen.after(10));
	}

	@Nested
	class IdleTimeouts {

		@Test
		void earlierThanConfiguredIsFound() {
			assertFinds(measured(75_000, 60_020, 5), "closes-idle-earlier",
					"orders closes idle connections after 60.0 s (measured 5 times), but upstream-timeout says 75s: set tidepool.upstreams.orders.keep-alive.upstream-timeout to 60s",
					"tidepool.upstreams.orders.keep-alive.upstream-timeout", "60s");
		}

		@Test
		void muchLongerThanConfiguredIsFound() {
			assertFinds(measured(5000, 10_100, 2), "closes-idle-later",
					"orders keeps idle connections for 10.1 s (measured 2 times), but upstream-timeout says 5s, so that they are closed here for nothing: set tidepool.upstreams.orders.keep-alive.upstream-timeout to 10s",
					"tidepool.upstreams.orders.keep-alive.upstream-timeout", "10s");
		}

		@ParameterizedTest(name = "{0} configured, {1} measured {2} times")
		@CsvSource({ "60000, 57001, 5", "75000, 60000, 1", "60000, 60000, 5", "5000, 10000, 5", "1000, 5900, 5",
				"5000, 12000, 1" })
		void aboutWhatWasConfiguredOrTooSeldomMeasuredIsNotFound(long configured, long measured, int times) {
			assertFindsNothing(measured(configured, measured, times));
		}

		@Test
		void measuredWithoutAnyConfiguredIsNotFound() {
			assertFindsNothing(
					UpstreamRulesTests.this.seen.member("orders", null, Duration.ofSeconds(5), 5, 0).after(10));
		}

		@Test
		void addressThatClosesFirstIsNamedAmongSeveral() {
			assertFinds(
					UpstreamRulesTests.this.seen
						.member("a.orders", Duration.ofSeconds(75), Duration.ofSeconds(65), 2, 0)
						.member("b.orders", Duration.ofSeconds(75), Duration.ofMillis(4960), 2, 0)
						.after(10),
					"closes-idle-earlier",
					"orders (b.orders:80) closes idle connections after 5.0 s (measured 2 times), but upstream-timeout says 75s: set tidepool.upstreams.orders.keep-alive.upstream-timeout to 5s",
					"tidepool.upstreams.orders.keep-alive.upstream-timeout", "5s");
		}

		private SeenUpstream measured(long configured, long measured, int times) {
			return UpstreamRulesTests.this.seen
				.member("orders", Duration.ofMillis(configured), Duration.ofMillis(measured), times, 0)
				.after(10);
		}

	}

	@Nested
	class RequestLimits {

		@Test
		void learnedLimitIsFound() {
			assertFinds(learned(100, 0), "closes-after-requests",
					"orders closes connections after 100 requests, which has to be learned again after each start: set tidepool.upstreams.orders.keep-alive.max-requests to 99",
					"tidepool.upstreams.orders.keep-alive.max-requests", "99");
		}

		@Test
		void limitThatIsConfiguredTooHighIsFound() {
			assertThat(find(learned(100, 101))).singleElement().extracting(Finding::suggestedValue).isEqualTo("99");
		}

		@ParameterizedTest
		@CsvSource({ "0, 0", "100, 100", "100, 99" })
		void limitThatIsUnknownOrConfiguredIsNotFound(int learned, int configured) {
			assertFindsNothing(learned(learned, configured));
		}

		private SeenUpstream learned(int learned, int configured) {
			return UpstreamRulesTests.this.seen.keepAlive(new KeepAliveSettings(null, null, true, true, configured))
				.member("orders", null, null, 0, learned)
				.after(10);
		}

	}

	@Nested
	class CallersThatWait {

		@Test
		void waitsAreFoundWithTheSizeThatCallersInProgressNeed() throws Exception {
			// 40 callers at once on 10 connections
			SeenUpstream seen = UpstreamRulesTests.this.seen.maxPerUpstream(10)
				.meetTheLimit(1, false)
				.acquired(10, NO_WAIT)
				.acquired(990, Duration.ofMillis(300))
				.used(1000, Duration.ofMillis(100))
				.after(10);
			assertFinds(seen, "callers-wait",
					"990 callers of orders waited for a connection, p99 336 ms: at 100 calls/s of 100 ms each, raise tidepool.upstreams.orders.pool.max-per-upstream from 10 to 50",
					"tidepool.upstreams.orders.pool.max-per-upstream", "50");
		}

		@Test
		void callersThatGotNoneCountByTheirRateOnly() throws Exception {
			SeenUpstream seen = UpstreamRulesTests.this.seen.maxPerUpstream(10)
				.meetTheLimit(1, false)
				.acquired(1000, Duration.ofSeconds(1))
				.used(1000, Duration.ofMillis(100))
				.refused(1000)
				.after(10);
			assertFinds(seen, "callers-wait",
					"1000 callers of orders waited for a connection, p99 1.1 s, and 1000 got none: at 200 calls/s of 100 ms each, raise tidepool.upstreams.orders.pool.max-per-upstream from 10 to 25",
					"tidepool.upstreams.orders.pool.max-per-upstream", "25");
		}

		@Test
		void fewThatGotNoneAreEnough() throws Exception {
			SeenUpstream seen = UpstreamRulesTests.this.seen.maxPerUpstream(10)
				.meetTheLimit(1, false)
				.acquired(1000, NO_WAIT)
				.used(1000, QUICK)
				.refused(CallersWaitRule.MIN_WITHOUT)
				.after(10);
			assertFinds(seen, "callers-wait",
					"5 callers of orders got no connection: at 101 calls/s of 20 ms each, raise tidepool.upstreams.orders.pool.max-per-upstream from 10 to 15",
					"tidepool.upstreams.orders.pool.max-per-upstream", "15");
		}

		@Test
		void maxTotalIsNamedWhereThatIsReached() throws Exception {
			SeenUpstream seen = UpstreamRulesTests.this.seen.maxTotal(10)
				.meetTheLimit(1, true)
				.acquired(1000, Duration.ofMillis(100))
				.used(1000, QUICK)
				.after(10);
			assertFinds(seen, "callers-wait",
					"1000 callers of orders waited for a connection, p99 101 ms, as all upstreams together had reached max-total: raise tidepool.pool.max-total from 10 to 25",
					"tidepool.pool.max-total", "25");
		}

		@Test
		void maxTotalIsToBeRaisedAsWellWhereItIsLess() throws Exception {
			SeenUpstream seen = UpstreamRulesTests.this.seen.maxPerUpstream(10)
				.maxTotal(12)
				.meetTheLimit(1, false)
				.acquired(1000, Duration.ofMillis(100))
				.used(1000, Duration.ofMillis(100))
				.after(10);
			assertThat(find(seen)).singleElement()
				.extracting(Finding::message)
				.asString()
				.endsWith("from 10 to 25, and tidepool.pool.max-total, which is 12, with it");
		}

		@Test
		void limitOfEachOfSeveralAddressesIsSuggested() throws Exception {
			SeenUpstream seen = UpstreamRulesTests.this.seen.maxPerUpstream(10)
				.member("a.orders", null, null, 0, 0)
				.member("b.orders", null, null, 0, 0)
				.meetTheLimit(1, false)
				.acquired(1000, Duration.ofMillis(300))
				.used(1000, Duration.ofMillis(100))
				.after(10);
			assertThat(find(seen)).singleElement().extracting(Finding::suggestedValue).isEqualTo("25");
		}

		@Test
		void busiestTimeCounts() throws Exception {
			SeenUpstream seen = UpstreamRulesTests.this.seen.maxPerUpstream(10)
				.acquired(1, NO_WAIT)
				.used(1, QUICK)
				.after(10)
				.meetTheLimit(1, false)
				.acquired(1000, Duration.ofMillis(300))
				.used(1000, Duration.ofMillis(100))
				.after(10)
				.acquired(1, NO_WAIT)
				.used(1, QUICK)
				.after(10);
			assertThat(find(seen)).singleElement().extracting(Finding::suggestedValue).isEqualTo("50");
		}

		@Test
		void waitsBelowTheLimitAreThoseOfABusyMachine() {
			assertFindsNothing(new SeenUpstream().acquired(1000, Duration.ofSeconds(1)).used(1000, QUICK).after(10));
		}

		@Test
		void fewShortOrRareWaitsAreNotFound() throws Exception {
			assertFindsNothing(new SeenUpstream().meetTheLimit(1, false)
				.acquired(19, Duration.ofSeconds(1))
				.used(19, QUICK)
				.after(10));
			assertFindsNothing(new SeenUpstream().meetTheLimit(1, false)
				.acquired(1000, Duration.ofMillis(10))
				.used(1000, QUICK)
				.after(10));
			assertFindsNothing(new SeenUpstream().meetTheLimit(1, false)
				.acquired(20, Duration.ofSeconds(1))
				.acquired(1981, NO_WAIT)
				.used(2001, QUICK)
				.refused(4)
				.after(10));
		}

	}

	@Nested
	class PoolsThatAreTooLarge {

		@Test
		void connectionsThatWereNeverUsedAreFound() {
			assertFinds(open(21, 4), "pool-too-large",
					"orders had never fewer than 21 connections open in 5 minutes, and never more than 4 in use: lower tidepool.upstreams.orders.pool.max-per-upstream to 8",
					"tidepool.upstreams.orders.pool.max-per-upstream", "8");
		}

		@Test
		void fewOrUsedOrYoungConnectionsAreNotFound() {
			assertFindsNothing(open(20, 0));
			assertFindsNothing(open(30, 6));
			assertFindsNothing(new SeenUpstream().open(100).used(10, QUICK).after(10).after(220));
		}

		@Test
		void connectionsThatAgedOutAreNotFound() {
			assertFindsNothing(new SeenUpstream().open(20).used(10, QUICK).after(10).open(80).after(10).after(280));
		}

		@Test
		void connectionsThatAreKeptReadyAreFoundWithMinIdle() {
			assertFinds(open(UpstreamRulesTests.this.seen.minIdle(21), 21, 4), "pool-too-large",
					"orders had never fewer than 21 connections open in 5 minutes, and never more than 4 in use: lower tidepool.upstreams.orders.pool.min-idle to 8",
					"tidepool.upstreams.orders.pool.min-idle", "8");
		}

		@Test
		void connectionsThatAreKeptReadyWhileNobodyCallsAreNotFound() {
			assertFindsNothing(new SeenUpstream().minIdle(50).open(50).after(10).after(290));
		}

		@Test
		void connectionsOfABurstThatAreTrustedForLongAreNotFound() {
			assertFindsNothing(open(new SeenUpstream().trustedFor(PoolTooLargeRule.WHOLE_TIME)
				.member("orders", Duration.ofMinutes(5), null, 0, 0), 100, 1));
		}

		private static SeenUpstream open(int connections, int peak) {
			return open(new SeenUpstream(), connections, peak);
		}

		private static SeenUpstream open(SeenUpstream seen, int connections, int peak) {
			seen.open(connections).used(10, QUICK).after(10);
			for (int i = 0; i < 29; i++) {
				seen.peak((i == 7) ? peak : 0).after(10);
			}
			return seen;
		}

	}

	@Nested
	class ConnectionsThatAreUsedOnce {

		@Test
		void unreadResponsesAreFound() {
			assertFinds(
					UpstreamRulesTests.this.seen.used(500, QUICK)
						.drained(205, DrainOutcome.GIVEN_UP)
						.drained(100, DrainOutcome.DRAINED)
						.after(10),
					"responses-unread",
					"41 % of the responses of orders (205) were closed with more left unread than drain-max-size (256 KiB) or drain-max-time (50ms) allow, which costs their connections: read them to the end, or raise tidepool.upstreams.orders.response.drain-max-size",
					"tidepool.upstreams.orders.response.drain-max-size", null);
		}

		@ParameterizedTest
		@CsvSource({ "19, 19", "20, 401" })
		void fewUnreadResponsesAreNotFound(int unread, int calls) {
			assertFindsNothing(
					UpstreamRulesTests.this.seen.used(calls, QUICK).drained(unread, DrainOutcome.GIVEN_UP).after(10));
		}

		@Test
		void connectionCloseIsFound() {
			assertFinds(
					UpstreamRulesTests.this.seen.used(500, QUICK).closed(100, CloseReason.CONNECTION_CLOSE).after(10),
					"connection-close",
					"20 % of the responses of orders (100) were the last of their connection, by Connection: close in them or in the request, or by a body without length, so that each call after them pays for a new one: have the upstream, or the proxy before it, keep connections alive",
					null, null);
		}

		@Test
		void connectionClosesAndChurnThatAreFewAtEachAddressAreNotFound() {
			assertFindsNothing(manyAddresses().used(400, QUICK).closed(150, CloseReason.CONNECTION_CLOSE).after(10));
			assertFindsNothing(churn(manyAddresses(), CloseReason.IDLE, 199, 199, 6, 6));
		}

		private static SeenUpstream manyAddresses() {
			return new SeenUpstream().member("a.orders", null, null, 0, 0).member("b.orders", null, null, 0, 0);
		}

		@Test
		void connectionsThatAgeWhileTheyAreKeptReadyAreNoChurn() {
			assertFindsNothing(churn(new SeenUpstream().minIdle(10), CloseReason.IDLE, 600, 0, 6, 6));
		}

		@ParameterizedTest
		@CsvSource({ "99, 99", "100, 501" })
		void fewConnectionClosesAreNotFound(int closed, int calls) {
			assertFindsNothing(UpstreamRulesTests.this.seen.used(calls, QUICK)
				.closed(closed, CloseReason.CONNECTION_CLOSE)
				.after(10));
		}

		@Test
		void churnOfIdleConnectionsIsFound() {
			assertFinds(churn(CloseReason.IDLE, 100, 200, 4, 6).member("orders", null, null, 0, 0).after(10),
					"connections-churn",
					"100 connections to orders were closed after they had been idle for the 3.8 s that they are trusted, during 200 calls: set tidepool.upstreams.orders.keep-alive.upstream-timeout to the idle time-out that the upstream has",
					"tidepool.upstreams.orders.keep-alive.upstream-timeout", null);
		}

		@Test
		void churnBecauseTheUpstreamKeepsIdleConnectionsForAShortTimeIsItsOwn() {
			assertFinds(
					churn(CloseReason.IDLE, 100, 200, 4, 6).member("orders", null, Duration.ofSeconds(5), 1, 0)
						.after(10),
					"connections-churn",
					"100 connections to orders were closed after they had been idle for the 3.8 s that they are trusted, during 200 calls: have the upstream keep idle connections for longer",
					null, null);
		}

		@Test
		void churnToMakeRoomIsFound() {
			assertFinds(churn(CloseReason.SHRINK, 100, 200, 6, 6), "connections-churn",
					"100 connections to orders were closed to make room for others, during 200 calls: raise tidepool.pool.max-total (1000)",
					"tidepool.pool.max-total", null);
		}

		@Test
		void churnByLifetimeIsFound() {
			assertFinds(churn(CloseReason.LIFETIME, 100, 200, 6, 6), "connections-churn",
					"100 connections to orders were closed at the end of their lifetime, during 200 calls: raise tidepool.upstreams.orders.pool.max-lifetime (10m)",
					"tidepool.upstreams.orders.pool.max-lifetime", null);
		}

		@Test
		void churnByRequestsIsFoundIfTheLimitIsOurs() {
			UpstreamRulesTests.this.seen.keepAlive(new KeepAliveSettings(null, null, true, true, 1));
			assertFinds(churn(UpstreamRulesTests.this.seen, CloseReason.REQUESTS, 200, 200, 6, 6), "connections-churn",
					"200 connections to orders were closed at the end of their requests, during 200 calls: raise tidepool.upstreams.orders.keep-alive.max-requests (1)",
					"tidepool.upstreams.orders.keep-alive.max-requests", null);
			assertFindsNothing(churn(CloseReason.REQUESTS, 200, 200, 6, 6));
		}

		@ParameterizedTest
		@CsvSource({ "99, 99, 6, 6", "100, 201, 6, 6", "100, 100, 2, 6", "100, 100, 5, 5" })
		void littleOrShortChurnIsNotFound(int closed, int calls, int busy, int intervals) {
			assertFindsNothing(churn(CloseReason.IDLE, closed, calls, busy, intervals));
		}

		private static SeenUpstream churn(CloseReason reason, int closed, int calls, int busy, int intervals) {
			return churn(new SeenUpstream(), reason, closed, calls, busy, intervals);
		}

		private static SeenUpstream churn(SeenUpstream seen, CloseReason reason, int closed, int calls, int busy,
				int intervals) {
			for (int i = 0; i < intervals; i++) {
				int from = Math.min(i, busy);
				int to = Math.min(i + 1, busy);
				seen.closed(closed * to / busy - closed * from / busy, reason)
					.used(calls * to / busy - calls * from / busy, QUICK)
					.after(10);
			}
			return seen;
		}

	}

	@Nested
	class Leaks {

		@Test
		void leaksAreFoundWithTheirPlaces() {
			List<Finding> found = UpstreamRules
				.check(UpstreamRulesTests.this.seen.leakedAt("com.example.Orders.find(42)", "Other.a(1)")
					.used(100, QUICK)
					.closed(3, CloseReason.LEAK)
					.after(10)
					.evidence());
			assertThat(found).containsExactly(new Finding("leaks", "orders",
					"3 responses of orders were dropped without being closed, and kept their connections until they were garbage: close each response that is got at com.example.Orders.find(42), Other.a(1)",
					null, null));
		}

		@Test
		void leaksAtUnknownPlacesAreFoundWithHowToKnowThem() {
			assertFinds(leaks(3), "leaks",
					"3 responses of orders were dropped without being closed, and kept their connections until they were garbage: close each response; set tidepool.upstreams.orders.pool.leak-detection-threshold to 10s to be told where they are got",
					"tidepool.upstreams.orders.pool.leak-detection-threshold", "10s");
		}

		@Test
		void fewLeaksAreNotFound() {
			assertFindsNothing(leaks(2));
		}

		private SeenUpstream leaks(int leaks) {
			return UpstreamRulesTests.this.seen.used(100, QUICK).closed(leaks, CloseReason.LEAK).after(10);
		}

	}

	@Nested
	class Retries {

		@Test
		void repeatsThatTheBudgetDeniedAreFound() {
			assertFinds(retried(10), "retries-denied",
					"25 % of the repeats that calls to orders needed (10) were not made, as the budget of 20 % of calls and 10 a second was used up: find out why so many calls fail, or raise tidepool.upstreams.orders.retry.budget.ratio if it can bear them",
					"tidepool.upstreams.orders.retry.budget.ratio", null);
		}

		@Test
		void fewDeniedRepeatsAreNotFound() {
			assertFindsNothing(retried(9).retried(100, RetryOutcome.NO_ATTEMPTS_LEFT).after(10));
		}

		private SeenUpstream retried(int denied) {
			return UpstreamRulesTests.this.seen.retried(20, RetryOutcome.SUCCESS)
				.retried(10, RetryOutcome.FAILURE)
				.retried(denied, RetryOutcome.NO_BUDGET_LEFT)
				.after(10);
		}

	}

	@Nested
	class Expiries {

		@Test
		void responsesThatDidNotBeginAreFound() {
			assertFinds(expired(Phase.RESPONSE, 10, 1000), "responses-expire",
					"1.0 % of the calls to orders (10) were ended because the response had not begun in time (p99 of all calls: 21 ms): make the upstream faster, or raise tidepool.upstreams.orders.timeout.response (30s)",
					"tidepool.upstreams.orders.timeout.response", null);
		}

		@Test
		void silentBodiesAreFound() {
			assertFinds(expired(Phase.READ, 10, 10), "reads-expire",
					"100 % of the calls to orders (10) were ended because no more of the response came in time (p99 of all calls: 21 ms): make the upstream faster, or raise tidepool.upstreams.orders.timeout.read (30s)",
					"tidepool.upstreams.orders.timeout.read", null);
		}

		@Test
		void handshakesThatDidNotEndAreFound() {
			assertFinds(expired(Phase.TLS_HANDSHAKE, 20, 100), "tls-handshakes-expire",
					"20 % of the calls to orders (20) were ended because the TLS handshake was not over in time (p99 of all calls: 21 ms): make the upstream faster, or raise tidepool.upstreams.orders.timeout.tls-handshake (5s)",
					"tidepool.upstreams.orders.timeout.tls-handshake", null);
		}

		@Test
		void requestsThatWereNotWrittenAreFound() {
			UpstreamRulesTests.this.seen.callTimeout(Duration.ofSeconds(3));
			assertFinds(expired(Phase.REQUEST, 20, 100), "requests-expire",
					"20 % of the calls to orders (20) were ended because the request was not written in time (p99 of all calls: 21 ms): make the upstream faster, or raise tidepool.upstreams.orders.timeout.call (3s)",
					"tidepool.upstreams.orders.timeout.call", null);
		}

		@Test
		void timeoutOfTheCallIsNamedIfItIsShorter() {
			UpstreamRulesTests.this.seen.callTimeout(Duration.ofSeconds(3));
			assertThat(find(expired(Phase.RESPONSE, 20, 100))).singleElement()
				.extracting(Finding::property)
				.isEqualTo("tidepool.upstreams.orders.timeout.call");
		}

		@ParameterizedTest
		@EnumSource(names = { "TLS_HANDSHAKE", "REQUEST", "RESPONSE", "READ" })
		void fewExpiriesAreNotFound(Phase phase) {
			assertFindsNothing(expired(new SeenUpstream(), phase, 9, 9));
			assertFindsNothing(expired(new SeenUpstream(), phase, 10, 1001));
		}

		@Test
		void drainsThatWereGivenUpAreNoFault() {
			assertFindsNothing(expired(Phase.DRAIN, 1000, 1000));
		}

		private SeenUpstream expired(Phase phase, int times, int calls) {
			return expired(UpstreamRulesTests.this.seen, phase, times, calls);
		}

		private static SeenUpstream expired(SeenUpstream seen, Phase phase, int times, int calls) {
			return seen.used(calls, QUICK).expired(times, phase).after(10);
		}

	}

	@Nested
	class SlowConnects {

		@Test
		void slowNameResolutionIsFound() {
			assertFinds(connected(10, ConnectPhase.DNS, 250), "dns-slow",
					"Resolving orders takes 268 ms (median of 10): use a caching resolver near by, and look for search domains that are tried first",
					null, null);
		}

		@Test
		void slowTlsIsFound() {
			assertFinds(connected(10, ConnectPhase.TLS, 900), "tls-slow",
					"The TLS handshake with orders takes 940 ms (median of 10): look at the upstream's processor load, at the length of its certificate chain and at the way there",
					null, null);
		}

		@ParameterizedTest
		@CsvSource({ "9, DNS, 1000", "100, DNS, 80", "9, TLS, 1000", "100, TLS, 400", "100, TCP, 1000" })
		void quickOrFewConnectsAreNotFound(int times, ConnectPhase phase, long millis) {
			assertFindsNothing(connected(times, phase, millis));
		}

		@ParameterizedTest
		@EnumSource(names = { "DNS", "TLS" })
		void connectsThatWereSlowTogetherAtTheStartAreNotFound(ConnectPhase phase) {
			assertFindsNothing(new SeenUpstream().connected(100, phase, Duration.ofSeconds(1))
				.after(10)
				.connected(5, phase, Duration.ofMillis(5))
				.after(10));
		}

		private SeenUpstream connected(int times, ConnectPhase phase, long millis) {
			return UpstreamRulesTests.this.seen.connected(1, phase, Duration.ofMillis(millis))
				.after(10)
				.connected(times - 1, phase, Duration.ofMillis(millis))
				.after(10);
		}

	}

	@Test
	void upstreamWithoutNameHasTheGeneralProperty() {
		SeenUpstream seen = this.seen.withoutName().used(100, QUICK).drained(50, DrainOutcome.GIVEN_UP).after(10);
		assertThat(find(seen)).singleElement().satisfies((finding) -> {
			assertThat(finding.upstream()).isEqualTo("orders:80");
			assertThat(finding.property()).isEqualTo("tidepool.response.drain-max-size");
		});
	}

	@Test
	void nameThatPropertiesHaveInBracketsIsNamedSo() {
		SeenUpstream seen = this.seen.name("or.ders").used(100, QUICK).drained(50, DrainOutcome.GIVEN_UP).after(10);
		assertThat(find(seen)).singleElement()
			.extracting(Finding::property)
			.isEqualTo("tidepool.upstreams[or.ders].response.drain-max-size");
	}

	private static List<Finding> find(SeenUpstream seen) {
		return UpstreamRules.check(seen.evidence());
	}

	private static void assertFinds(SeenUpstream seen, String id, String message, String property, String suggestion) {
		assertThat(find(seen)).containsExactly(new Finding(id, "orders", message, property, suggestion));
		assertThat(Path.of("../docs/endpoint.md")).content().as("its documentation").contains("`" + id + "`");
		assertThat(Path.of("../docs/tuning.md")).content().as("what to do").contains("\n### `" + id + "`\n");
	}

	private static void assertFindsNothing(SeenUpstream seen) {
		assertThat(find(seen)).isEmpty();
	}

}
