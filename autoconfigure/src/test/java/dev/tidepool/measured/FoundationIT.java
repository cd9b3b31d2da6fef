package dev.tidepool.measured;

import java.time.Duration;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import dev.tidepool.HttpClientBuilderCustomizer;
import dev.tidepool.measured.PoolScenarios.Builders;
import dev.tidepool.measured.PoolScenarios.Cookies;
import dev.tidepool.measured.PoolScenarios.Leftovers;
import dev.tidepool.measured.PoolScenarios.Load;
import dev.tidepool.measured.PoolScenarios.Sharing;
import dev.tidepool.measured.PoolScenarios.Survival;
import dev.tidepool.measured.ProxyScenarios.Loop;
import dev.tidepool.measured.RetryScenarios.Dead;
import dev.tidepool.measured.RetryScenarios.Loss;
import dev.tidepool.measured.RetryScenarios.RetryAfter;
import dev.tidepool.measured.RetryScenarios.Trouble;
import dev.tidepool.policy.Durations;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@link FoundationMeasured} shows of one pool and its retries, as counts, with
 * whole applications.
 */
class FoundationIT {

	private static final Duration BOUND = Duration.ofSeconds(30);

	@Test
	void builderForEachCallOpensNoMoreConnectionsThanThereAreCallers() throws Exception {
		Builders builders = PoolScenarios.builderForEachCall(Client.TIDEPOOL);
		assertThat(builders.outcome().firstFailure()).isNull();
		assertThat(builders.outcome().calls()).isEqualTo(200);
		assertThat(builders.connections()).isLessThanOrEqualTo(6);
		assertThat(builders.established()).isLessThanOrEqualTo(6);
		assertThat(builders.threads()).hasSizeLessThanOrEqualTo(2);
	}

	@Test
	void callersOfAllKindsShareOneConnectionAndKeepTheirOwnTimeouts() throws Exception {
		Sharing sharing = PoolScenarios.callersOfAllKinds(Client.TIDEPOOL);
		assertThat(sharing.calls()).isEqualTo(14);
		assertThat(sharing.connections()).isOne();
		assertThat(sharing.timeouts()).hasSize(3).allSatisfy((timeout) -> {
			assertThat(timeout.elapsed()).isGreaterThanOrEqualTo(timeout.configured());
			assertThat(timeout.message()).contains("In attempt 1 (GET) ", "no complete response head came within ");
		});
	}

	@Test
	void cookieOfOneClientIsNeverSentByAnother() throws Exception {
		assertThat(PoolScenarios.cookies(Client.TIDEPOOL)).isEqualTo(new Cookies(1, 0));
	}

	@Test
	void closedRequestFactoryLeavesThePoolToTheOthers() throws Exception {
		Survival survival = PoolScenarios.factoryClosed(Client.TIDEPOOL);
		assertThat(survival.outcome().firstFailure()).isNull();
		assertThat(survival.connections()).isOne();
	}

	@Test
	void errorInBodyWriterLeavesThePoolWorking() throws Exception {
		Survival survival = PoolScenarios.errorInCall(Client.TIDEPOOL, "tidepool.pool.max-per-upstream=1");
		assertThat(survival.outcome().firstFailure()).isNull();
		assertThat(survival.outcome().calls()).isEqualTo(10);
	}

	@ParameterizedTest
	@EnumSource
	void errorLeaksNoSlotWhereverItIsThrown(Origin origin) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				MeasuredApplication application = MeasuredApplication.startWith(Client.TIDEPOOL, origin.configuration,
						"tidepool.pool.max-per-upstream=1")) {
			RestClient client = application.restClient();
			for (int i = 0; i < 3; i++) {
				assertThatExceptionOfType(Bomb.class).isThrownBy(() -> client.get()
					.uri(server.url())
					.header("X-Bomb", "armed")
					.exchange((request, response) -> origin.handle()));
				assertThat(application.active()).isZero();
				assertThat(client.get().uri(server.url()).retrieve().body(String.class)).isEqualTo("fine");
			}
			assertThat(application.active()).isZero();
		}
	}

	@Test
	void nothingIsLeftOfAClosedContext() throws Exception {
		assertThat(PoolScenarios.closedContext(Client.TIDEPOOL)).isEqualTo(new Leftovers(0, 0));
	}

	@Test
	void manyCallersOpenAConnectionEachAndCloseNone() throws Exception {
		Load load = PoolScenarios.manyCallers(Client.TIDEPOOL, 2000, BOUND);
		assertThat(load.outcome().firstFailure()).isNull();
		assertThat(load.outcome().calls()).isEqualTo(2000);
		assertThat(load.opened()).isLessThanOrEqualTo(64);
		assertThat(load.closed()).isZero();
		assertThat(load.moreTimeWait()).isLessThan(100);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestEntersOnceWhenProxyPropertiesPointAtTheApplication(boolean clientForEachCall) throws Exception {
		assertThat(ProxyScenarios.systemProxyIsTheApplication(Client.TIDEPOOL, clientForEachCall, BOUND))
			.isEqualTo(new Loop(1, 1, true));
	}

	@ParameterizedTest
	@EnumSource
	void lostRequestIsRepeatedOnceUnlessItIsAPlainPost(Loss loss) throws Exception {
		assertThat(RetryScenarios.firstAttemptLost(Client.TIDEPOOL, loss))
			.isEqualTo(RetryScenarios.TWICE_BUT_PLAIN_POST);
	}

	@ParameterizedTest
	@EnumSource
	void noRequestArrivesMoreThanTwiceWhenAllIdleConnectionsAreDead(Loss loss) throws Exception {
		Dead dead = RetryScenarios.allIdleConnectionsDead(Client.TIDEPOOL, loss, 20);
		assertThat(dead.connections()).isEqualTo(20);
		assertThat(dead.outcome().firstFailure()).isNull();
		assertThat(dead.mostArrivals()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 429, 503 })
	void answeredRequestIsRepeatedUnlessItIsAPlainPost(int status) throws Exception {
		assertThat(RetryScenarios.firstAttemptAnswered(Client.TIDEPOOL, status))
			.isEqualTo(RetryScenarios.TWICE_BUT_PLAIN_POST);
	}

	@Test
	void responseWithFarRetryAfterIsHandedOverAtOnce() throws Exception {
		RetryAfter retryAfter = RetryScenarios.retryAfterTwoMinutes(Client.TIDEPOOL, BOUND);
		assertThat(retryAfter.handedOver()).isTrue();
		assertThat(retryAfter.arrivals()).isOne();
	}

	@Test
	void budgetBoundsTheRequestsThatAnUpstreamInTroubleGets() throws Exception {
		Trouble trouble = RetryScenarios.always503(Client.TIDEPOOL, 1000, "tidepool.retry.budget.ratio=0.2",
				"tidepool.retry.budget.min-per-second=0", "tidepool.retry.backoff.initial=1ms");
		assertThat(trouble.outcome().firstFailure()).isNull();
		// A fifth of the calls, and the bucket of 10 that is full at start
		assertThat(trouble.requests()).isGreaterThan(1000).isLessThanOrEqualTo(1000 + 200 + 10);
	}

	/**
	 * Where an Error is thrown: before there is a connection, while a call holds one, and
	 * while a caller reads the response.
	 */
	enum Origin {

		REQUEST_INTERCEPTOR(RequestInterceptor.class), RESPONSE_INTERCEPTOR(ResponseInterceptor.class),
		RESPONSE_HANDLER(Nowhere.class);

		private final Class<?> configuration;

		Origin(Class<?> configuration) {
			this.configuration = configuration;
		}

		String handle() {
			if (this == RESPONSE_HANDLER) {
				throw new Bomb();
			}
			return "handled";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RequestInterceptor {

		@Bean
		HttpClientBuilderCustomizer bomb() {
			return (builder) -> builder.addRequestInterceptorLast((request, entity, context) -> {
				if (request.containsHeader("X-Bomb")) {
					throw new Bomb();
				}
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ResponseInterceptor {

		@Bean
		HttpClientBuilderCustomizer bomb() {
			return (builder) -> builder.addResponseInterceptorLast((response, entity, context) -> {
				if (HttpClientContext.cast(context).getRequest().containsHeader("X-Bomb")) {
					throw new Bomb();
				}
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Nowhere {

	}

	private static final class Bomb extends Error {

		private static final long serialVersionUID = 1L;

	}

}
