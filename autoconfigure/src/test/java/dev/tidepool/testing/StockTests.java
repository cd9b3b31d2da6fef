package dev.tidepool.testing;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.restclient.test.autoconfigure.RestClientTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.SharedPool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

/**
 * What {@code @RestClientTest} has of Tidepool where the starter is there: nothing.
 */
@RestClientTest(Stock.class)
class StockTests {

	@Autowired
	private Stock stock;

	@Autowired
	private MockRestServiceServer server;

	@Autowired
	private ApplicationContext context;

	@Test
	void asksForWhatIsThere() {
		this.server.expect(requestTo("http://stock.example.com/stock/compass")).andRespond(withSuccess("12", null));
		assertThat(this.stock.of("compass")).isEqualTo("12");
		this.server.verify();
	}

	@Test
	void neitherThePoolNorTheReadyClientIsThere() {
		assertThat(this.context.getBeansOfType(SharedPool.class)).isEmpty();
		assertThat(this.context.getBeansOfType(RestClient.class)).isEmpty();
	}

	@SpringBootApplication(proxyBeanMethods = false)
	static class Application {

	}

}
