package dev.tidepool.testing;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.client.ExpectedCount;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

import dev.tidepool.CallTimeout;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withException;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withStatus;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

/**
 * A mock stands in the place of the request factory or of the connector, so that nothing
 * of Tidepool is exercised: no repeat, no time-out, no limit, no meter.
 */
class MockedCallTests {

	private static final String STOCK = "http://stock.example.com";

	private static final String COMPASS = STOCK + "/stock/compass";

	private final ApplicationContextRunner contextRunner = TestRunners.applicationWithBothClients();

	@Test
	void mockAnswersWhatIsBuiltWithTheBuilderThatItIsBoundTo() {
		RestClient.Builder builder = RestClient.builder();
		MockRestServiceServer server = MockRestServiceServer.bindTo(builder).build();
		server.expect(requestTo("http://stock.example.com/stock/compass")).andRespond(withSuccess("12", null));
		assertThat(new Stock(builder, "http://stock.example.com").of("compass")).isEqualTo("12");
		server.verify();
	}

	@Test
	void mockedRestClientRepeatsNothingAndThePoolSeesNothing() {
		this.contextRunner.run((context) -> {
			RestClient.Builder builder = context.getBean(RestClient.Builder.class);
			MockRestServiceServer server = MockRestServiceServer.bindTo(builder).build();
			server.expect(ExpectedCount.once(), requestTo(COMPASS))
				.andRespond(withStatus(HttpStatus.SERVICE_UNAVAILABLE));
			Stock stock = new Stock(builder, STOCK);
			assertThatExceptionOfType(HttpServerErrorException.ServiceUnavailable.class)
				.isThrownBy(() -> stock.of("compass"));
			server.verify();
			assertThat(context.getBean(Upstreams.class).stats()).isEmpty();
		});
	}

	@Test
	void mockedRestClientThrowsWhatTheTestSaysUnchanged() {
		this.contextRunner.run((context) -> {
			RestClient.Builder builder = context.getBean(RestClient.Builder.class).baseUrl(STOCK);
			MockRestServiceServer server = MockRestServiceServer.bindTo(builder).build();
			IOException reset = new SocketException("Connection reset");
			server.expect(ExpectedCount.once(), requestTo(COMPASS)).andRespond(withException(reset));
			RestClient client = builder.build();
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> client.get()
					.uri("/stock/compass")
					.attributes(CallTimeout.of(Duration.ofMillis(300)))
					.retrieve()
					.toBodilessEntity())
				.withCause(reset);
			server.verify();
			assertThat(context.getBean(Upstreams.class).stats()).isEmpty();
		});
	}

	@Test
	void mockedRestTemplateRepeatsNothingAndThePoolSeesNothing() {
		TestRunners.application().run((context) -> {
			RestTemplate template = context.getBean(RestTemplateBuilder.class).build();
			MockRestServiceServer server = MockRestServiceServer.bindTo(template).build();
			server.expect(ExpectedCount.once(), requestTo(COMPASS))
				.andRespond(withStatus(HttpStatus.SERVICE_UNAVAILABLE));
			assertThatExceptionOfType(HttpServerErrorException.ServiceUnavailable.class)
				.isThrownBy(() -> template.getForObject(COMPASS, String.class));
			server.verify();
			assertThat(context.getBean(Upstreams.class).stats()).isEmpty();
		});
	}

	@Test
	void webClientWithAnExchangeFunctionOfTheTestDoesNotReachThePool() {
		this.contextRunner.run((context) -> {
			WebClient client = context.getBean(WebClient.Builder.class)
				.baseUrl(STOCK)
				.exchangeFunction((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body("12").build()))
				.build();
			assertThat(client.get().uri("/stock/compass").retrieve().bodyToMono(String.class).block()).isEqualTo("12");
			assertThat(context.getBean(Upstreams.class).stats()).isEmpty();
		});
	}

}
