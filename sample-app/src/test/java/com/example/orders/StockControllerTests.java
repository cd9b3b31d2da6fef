package com.example.orders;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The stock of an inventory that is away.
 */
class StockControllerTests {

	@Test
	void inventoryThatIsAwayIsABadGateway() throws IOException {
		try (Socket notListening = new Socket()) {
			notListening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			String url = "http://127.0.0.1:" + notListening.getLocalPort();
			WebTestClient.bindToController(new StockController(WebClient.create(), url))
				.build()
				.get()
				.uri("/stock/compass")
				.exchange()
				.expectStatus()
				.isEqualTo(HttpStatus.BAD_GATEWAY);
		}
	}

}
