package dev.tidepool.connections;

import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Shows that the contract on bytes that no request asked for is about something real.
 */
class UnaskedBytesTests {

	@Test
	void stockHttpClientDeliversThemToTheNextCaller() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/next")) {
				exchange.respond(200, "right");
			}
			else {
				exchange.raw("HTTP/1.1 204 No Content\r\n\r\n" + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
			}
		}); CloseableHttpClient stock = HttpClients.createDefault()) {
			RestClient client = RestClient.builder()
				.requestFactory(new HttpComponentsClientHttpRequestFactory(stock))
				.build();
			client.get().uri(server.url()).retrieve().toBodilessEntity();
			assertThat(client.get().uri(server.url() + "/next").retrieve().body(String.class)).isEqualTo("poison");
		}
	}

}
