package dev.tidepool.contract;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.apache.hc.client5.http.RedirectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Redirects, and what is sent along.
 */
abstract class RedirectContract extends Contract {

	RedirectContract(ContractSide side) {
		super(side);
	}

	private ScriptedServer redirecting(int status) throws Exception {
		return serve((exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(status, "moved", "Location: /new");
			}
			else {
				exchange.respond(200, "new");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	void getIsRedirectedOnTheSameConnection(int status) throws Exception {
		ScriptedServer server = redirecting(status);
		run((application) -> assertThat(application.client().get(server.uri("/old"))).isEqualTo("new"));
		assertThat(server.log()).extracting(ScriptedServer.Request::path).containsExactly("/old", "/new");
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "301, GET, ''", "302, GET, ''", "303, GET, ''", "307, POST, content", "308, POST, content" })
	void postBecomesWhatTheStatusSays(int status, String method, String body) throws Exception {
		ScriptedServer server = redirecting(status);
		run((application) -> assertThat(application.client().post(server.uri("/old"))).isEqualTo("new"));
		assertThat(server.log()).hasSize(2).last().satisfies((request) -> {
			assertThat(request.method()).isEqualTo(method);
			assertThat(request.path()).isEqualTo("/new");
			assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo(body);
		});
	}

	@Test
	void streamedBodyIsSentOnceAndTheRedirectHandedOver() throws Exception {
		ScriptedServer server = redirecting(307);
		run((application) -> {
			ContractResponse response = application.client()
				.exchange(ContractRequest.of(HttpMethod.POST, server.uri("/old")).parts(List.of("con", "tent")));
			assertThat(response.status()).isEqualTo(307);
			assertThat(response.body()).isEqualTo("moved");
		});
		assertThat(server.log()).singleElement()
			.satisfies(
					(request) -> assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo("content"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.http.clients.redirects=dont-follow", "tidepool.redirect.max=0" })
	void redirectIsHandedOverWhereNoneAreWanted(String property) throws Exception {
		ScriptedServer server = redirecting(302);
		run((application) -> {
			ContractResponse response = application.client().exchange(ContractRequest.get(server.uri("/old")));
			assertThat(response.status()).isEqualTo(302);
			assertThat(response.headers().getLocation()).hasToString("/new");
			assertThat(response.body()).isEqualTo("moved");
		}, property);
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 56, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void redirectsAreBounded(boolean tls) throws Exception {
		ScriptedServer server = serve(tls,
				(exchange) -> exchange.respond(302, "", "Location: /" + exchange.request().onConnection()));
		run((application) -> {
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> application.client().get(server.uri("/old")))
				.havingRootCause()
				.isInstanceOf(RedirectException.class)
				.withMessageContainingAll("More than 3 redirects", server.url(), "tidepool.redirect.max");
			assertThat(application.stats(server).connections()).hasSize(1);
		}, "tidepool.redirect.max=3");
		assertThat(server.requests()).isEqualTo(4);
		assertThat(server.accepted()).isOne();
	}

	@Test
	void eachHopIsACallOfItsUpstream() throws Exception {
		ScriptedServer second = serve((exchange) -> {
			if (exchange.request().onConnection() == 1) {
				exchange.respond(503, "busy");
			}
			else {
				exchange.respond(200, "new");
			}
		});
		ScriptedServer first = serve((exchange) -> exchange.respond(302, "", "Location: " + second.uri("/new")));
		run((application) -> {
			assertThat(application.client().get(first.uri("/"))).isEqualTo("new");
			assertThat(application.stats(first).connections()).hasSize(1);
			assertThat(application.stats(second).connections()).hasSize(1);
		}, "tidepool.retry.backoff.initial=1ms");
		assertThat(first.requests()).isOne();
		assertThat(second.requests()).isEqualTo(2);
	}

	@Test
	void credentialsStayWithTheUpstreamThatTheyWereMeantFor() throws Exception {
		ScriptedServer second = serve((exchange) -> exchange.respond(200, "new"));
		ScriptedServer first = serve((exchange) -> exchange.respond(302, "", "Location: " + second.uri("/new")));
		run((application) -> application.client()
			.exchange(ContractRequest.get(first.uri("/")).header("Authorization", "secret")));
		assertThat(first.requests()).isOne();
		assertThat(second.log())
			.allSatisfy((request) -> assertThat(request.headers()).doesNotContainKey("Authorization"));
	}

}
