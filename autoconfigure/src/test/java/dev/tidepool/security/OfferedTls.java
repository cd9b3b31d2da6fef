package dev.tidepool.security;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.testsupport.ClientHello;
import dev.tidepool.testsupport.HelloServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

/**
 * Prints what both clients offer, with the trust of the JVM and with an SSL bundle, in a
 * JVM whose settings are those of its command line.
 */
final class OfferedTls {

	private OfferedTls() {
	}

	public static void main(String[] arguments) throws Exception {
		try (HelloServer server = HelloServer.start()) {
			call(server.uri());
			call(server.uri(), TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own");
			List<String> offers = new ArrayList<>();
			for (ClientHello hello : server.hellos()) {
				offers.add(
						"%s %d".formatted(hello.versions(), hello.cipherSuites().stream().min(Integer::compare).get()));
			}
			System.out.println("offered " + offers);
		}
	}

	private static void call(URI uri, String... properties) {
		TestRunners.applicationWithBothClients()
			.withPropertyValues("tidepool.retry.enabled=false")
			.withPropertyValues(properties)
			.run((context) -> {
				fails(() -> context.getBean(RestClient.class).get().uri(uri).retrieve().toBodilessEntity());
				fails(() -> context.getBean(WebClient.class).get().uri(uri).retrieve().toBodilessEntity().block());
			});
	}

	private static void fails(Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException ex) {
			return;
		}
		throw new IllegalStateException("The server has not answered");
	}

}
