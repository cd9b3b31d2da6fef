package dev.tidepool.zoo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import dev.tidepool.testsupport.Lanes;
import dev.tidepool.zoo.ZooCalls.Failure;

/**
 * What an upstream's restart did to its callers.
 *
 * @param calls calls that were answered
 * @param failedGets GETs that failed
 * @param failedPosts POSTs that failed
 * @param others failures that were not the restart's: of GETs, at another time, or
 * without a name
 */
record ZooRestart(int calls, int failedGets, int failedPosts, List<Failure> others) {

	private static final int CALLERS = 16;

	private static final int CALLS = 300;

	/**
	 * Stop an upstream and start it again while callers make GETs and POSTs.
	 * @param server the upstream
	 * @param clients what it is called with
	 * @param calls the calls
	 * @return what came of them
	 */
	static ZooRestart of(ZooServer server, ZooClients clients, ZooCalls calls) throws Exception {
		Lanes lanes = Lanes.start(clients.shared(CALLERS, calls), Duration.ofMillis(5), Duration.ofMillis(20));
		long stopping;
		long started;
		try {
			eventually().until(() -> lanes.calls() >= CALLS);
			stopping = System.nanoTime();
			server.stop();
			server.startAgain();
			started = System.nanoTime();
			int before = lanes.calls();
			eventually().until(() -> lanes.calls() >= before + CALLS);
		}
		finally {
			calls.end();
			lanes.stop();
		}
		List<Failure> others = calls.failures()
			.stream()
			.filter((failure) -> !isOfRestart(failure, stopping, started))
			.toList();
		return new ZooRestart(lanes.calls(), count(calls, HttpMethod.GET), count(calls, HttpMethod.POST), others);
	}

	private static ConditionFactory eventually() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private static boolean isOfRestart(Failure failure, long stopping, long started) {
		return failure.method() == HttpMethod.POST && failure.ended() - stopping >= 0 && failure.began() - started <= 0
				&& isNamed(failure.exception());
	}

	// Tomcat answers 503 while it stops
	private static boolean isNamed(Exception failure) {
		if (failure instanceof HttpServerErrorException.ServiceUnavailable
				|| failure instanceof WebClientResponseException.ServiceUnavailable) {
			return true;
		}
		return (failure instanceof RestClientException || failure instanceof WebClientException)
				&& failure.getCause() instanceof IOException cause && cause.getMessage() != null;
	}

	private static int count(ZooCalls calls, HttpMethod method) {
		return (int) calls.failures().stream().filter((failure) -> failure.method() == method).count();
	}

}
