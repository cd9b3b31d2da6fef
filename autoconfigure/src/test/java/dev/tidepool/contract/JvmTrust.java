package dev.tidepool.contract;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

/**
 * Prints what both clients make of a server whose certificate is for another name, and
 * for its own, in a JVM whose trust is that of its command line.
 */
final class JvmTrust {

	private JvmTrust() {
	}

	public static void main(String[] arguments) throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("elsewhere"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"))) {
			ScriptedResolver names = new ScriptedResolver().with("localhost", "127.0.0.1")
				.with("elsewhere.example", "127.0.0.1");
			List<String> outcomes = new ArrayList<>();
			TestRunners.applicationWithBothClients()
				.withBean(DnsResolver.class, () -> names)
				.withPropertyValues("tidepool.retry.enabled=false")
				.run((context) -> {
					for (String host : List.of("localhost", "elsewhere.example")) {
						URI uri = URI.create("https://%s:%d/".formatted(host, server.port()));
						outcomes.add(outcome(
								() -> context.getBean(RestClient.class).get().uri(uri).retrieve().body(String.class)));
						outcomes.add(outcome(() -> context.getBean(WebClient.class)
							.get()
							.uri(uri)
							.retrieve()
							.bodyToMono(String.class)
							.block()));
					}
				});
			System.out.println("outcomes " + outcomes + ", requests " + server.requests());
		}
	}

	private static String outcome(Supplier<@Nullable String> call) {
		try {
			return String.valueOf(call.get());
		}
		catch (RuntimeException ex) {
			String message = String.valueOf(NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
			return message.contains("subject alternative") ? "refused" : message;
		}
	}

}
