package com.example.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * Runs a gateway in a JVM whose system properties name the gateway itself as the proxy
 * for all calls.
 */
final class ProxyLoop implements Experiment {

	private final Duration patience;

	/**
	 * Create the experiment.
	 * @param patience how long the user waits for an answer
	 */
	ProxyLoop(Duration patience) {
		this.patience = patience;
	}

	@Override
	public Description description() {
		return new Description("proxy-loop", "A proxy from system properties that leads back",
				("A gateway passes each request on to an upstream. Its JVM was started with http.proxyHost and "
						+ "http.proxyPort, which lead to the gateway itself. One user makes one call, and waits %d ms.")
					.formatted(this.patience.toMillis()),
				"requests at the gateway",
				"Boot has HttpClient read the system's properties, whoever set them: the gateway calls itself until its "
						+ "5 connections are used up, and waits for a sixth for 3 minutes. Tidepool goes where the URL "
						+ "says, through a proxy only if tidepool.proxy.url names it, or tidepool.proxy.use-system is true.");
	}

	@Override
	public Outcome run(Side side) throws Exception {
		CompletableFuture<RestClient> client = new CompletableFuture<>();
		// The user's, and within it those of the gateway
		Calls calls = new Calls();
		try (LabUpstream upstream = new LabUpstream((request, out) -> Responses.text(out, "fine"));
				Clients clients = side.start(properties(side));
				LabUpstream gateway = new LabUpstream((request, out) -> passOn(calls, client.join(), out))) {
			SystemProxy.during(gateway.port(), () -> {
				// Made while they are set, as when they are arguments of the JVM
				client.complete(clients.create(upstream.url()));
				calls.make(() -> user().get().uri(gateway.url()).retrieve().toBodilessEntity());
			});
			return Outcome.of(calls)
				.with("requests at the gateway", gateway.requests())
				.with("requests at the upstream", upstream.requests())
				.with("connections of its client", gateway.accepted() - 1 + upstream.accepted())
				.with("the user waited", calls.slowMillis(), "ms");
		}
	}

	private static boolean passOn(Calls calls, RestClient client, OutputStream out) throws IOException {
		return calls.make(() -> Responses.text(out, client.get().retrieve().requiredBody(String.class)))
				|| Responses.badGateway(out);
	}

	private RestClient user() {
		SimpleClientHttpRequestFactory factory = new SimpleClientHttpRequestFactory();
		factory.setProxy(Proxy.NO_PROXY);
		factory.setReadTimeout(this.patience);
		return RestClient.builder().requestFactory(factory).build();
	}

}
