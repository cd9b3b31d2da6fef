package dev.tidepool.measured;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;

/**
 * A proxy that is found in the environment.
 */
final class ProxyScenarios {

	private ProxyScenarios() {
	}

	/**
	 * Have the JVM's proxy properties point at the application, and send it one request.
	 * @param clientForEachCall whether the application makes a client for each call
	 * @param bound how long to wait for the answer
	 */
	static Loop systemProxyIsTheApplication(Client client, boolean clientForEachCall, Duration bound) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				MeasuredApplication application = MeasuredApplication.startWeb(client, SelfCallingController.class)) {
			SelfCallingController controller = application.bean(SelfCallingController.class);
			RestClient one = application.restClient();
			controller.call(server.url(), () -> clientForEachCall ? application.restClient() : one);
			Map<String, String> properties = Map.of("http.proxyHost", "localhost", "http.proxyPort",
					String.valueOf(application.port()), "http.nonProxyHosts", "");
			return withSystemProperties(properties, () -> {
				boolean answered = enter(application.port(), bound);
				return new Loop(controller.entered(), server.requests(), answered);
			});
		}
	}

	private static boolean enter(int port, Duration bound) throws InterruptedException {
		HttpClient client = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"))
			.timeout(bound)
			.build();
		try {
			return client.send(request, BodyHandlers.ofString()).statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Loop withSystemProperties(Map<String, String> properties, Action action) throws Exception {
		Map<String, String> before = new HashMap<>();
		properties.forEach((name, value) -> before.put(name, System.setProperty(name, value)));
		try {
			return action.run();
		}
		finally {
			before.forEach((name, value) -> {
				if (value != null) {
					System.setProperty(name, value);
				}
				else {
					System.clearProperty(name);
				}
			});
		}
	}

	@FunctionalInterface
	private interface Action {

		Loop run() throws Exception;

	}

	/**
	 * What one request became.
	 *
	 * @param entered requests that entered the application
	 * @param reached requests that reached the upstream
	 * @param answered whether the request was answered with 200
	 */
	record Loop(int entered, int reached, boolean answered) {
	}

}
