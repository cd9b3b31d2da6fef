package dev.tidepool.testing;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.restclient.test.autoconfigure.RestClientTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.client.MockRestServiceServer;

import dev.tidepool.autoconfigure.TidepoolAutoConfiguration;
import dev.tidepool.autoconfigure.TidepoolRestClientAutoConfiguration;
import dev.tidepool.connection.Upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

/**
 * {@code @RestClientTest} of a class that takes the ready client: it has to be imported,
 * and its calls still go to the mock. Other tests of this JVM count threads, so the
 * context is not left in the cache.
 */
@RestClientTest(StockOfReadyClient.class)
@ImportAutoConfiguration({ HttpClientAutoConfiguration.class, TidepoolAutoConfiguration.class,
		TidepoolRestClientAutoConfiguration.class })
@DirtiesContext
class StockOfReadyClientTests {

	@Autowired
	private StockOfReadyClient stock;

	@Autowired
	private MockRestServiceServer server;

	@Autowired
	private Upstreams upstreams;

	@Test
	void mockServerAnswersTheReadyClientAndThePoolSeesNothing() {
		this.server.expect(requestTo("http://stock.example.com/stock/compass")).andRespond(withSuccess("12", null));
		assertThat(this.stock.of("compass")).isEqualTo("12");
		this.server.verify();
		assertThat(this.upstreams.stats()).isEmpty();
	}

	@SpringBootApplication(proxyBeanMethods = false)
	static class Application {

	}

}
