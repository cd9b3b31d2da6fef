package dev.tidepool.autoconfigure;

import java.util.function.Consumer;

import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

import dev.tidepool.HttpClientBuilderCustomizer;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Headers that interceptors and customizers add are checked as those of callers are.
 */
class RequestCheckTests {

	private static final ClientHttpRequestInterceptor EVIL = (request, body, execution) -> {
		request.getHeaders().add("X-Evil", "secret\r\nX-More: 1");
		return execution.execute(request, body);
	};

	private final ApplicationContextRunner contextRunner = TestRunners.application();

	private ScriptedServer server;

	@BeforeEach
	void start() throws Exception {
		this.server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
	}

	@AfterEach
	void stop() throws Exception {
		this.server.close();
	}

	@Test
	void headerOfAnInterceptorOfRestClientIsRefusedBeforeAConnectionIsTaken() {
		this.contextRunner.run((context) -> isRefused(
				() -> get(context.getBean(RestClient.class).mutate().requestInterceptor(EVIL).build())));
		assertThat(this.server.accepted()).isZero();
	}

	@Test
	void headerOfAnInterceptorOfRestTemplateIsRefusedBeforeAConnectionIsTaken() {
		this.contextRunner.run((context) -> {
			RestTemplate template = new RestTemplate(context.getBean(ClientHttpRequestFactoryBuilder.class).build());
			template.getInterceptors().add(EVIL);
			isRefused(() -> template.getForObject(this.server.url(), String.class));
		});
		assertThat(this.server.accepted()).isZero();
	}

	@Test
	void headerOfAnInterceptorOfHttpClientIsRefusedBeforeItIsSent() {
		run((request, body, context) -> request.addHeader("X-Evil", "secret\r\nX-More: 1"),
				(client) -> isRefused(() -> get(client)));
		assertThat(this.server.requests()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "Transfer-Encoding, chunked", "Content-Length, 5", "Content-Length, 0" })
	void framingOfAnInterceptorOfHttpClientIsRefusedBeforeItIsSent(String header, String value) {
		run((request, body, context) -> request.addHeader(header, value),
				(client) -> assertThatIllegalArgumentException().isThrownBy(
						() -> client.post().uri(this.server.url()).body("content").retrieve().body(String.class)));
		assertThat(this.server.requests()).isZero();
	}

	@Test
	void goodHeaderOfAnInterceptorOfHttpClientIsSent() {
		run((request, body, context) -> request.addHeader("X-Good", "good"),
				(client) -> assertThat(get(client)).isEqualTo("fine"));
		assertThat(this.server.log()).extracting((request) -> request.header("X-Good")).containsExactly("good");
	}

	private void run(HttpRequestInterceptor interceptor, Consumer<RestClient> test) {
		this.contextRunner
			.withBean(HttpClientBuilderCustomizer.class,
					() -> (builder) -> builder.addRequestInterceptorLast(interceptor))
			.run((context) -> test.accept(context.getBean(RestClient.class)));
	}

	private String get(RestClient client) {
		return client.get().uri(this.server.url()).retrieve().body(String.class);
	}

	private static void isRefused(ThrowingCallable call) {
		assertThatIllegalArgumentException().isThrownBy(call)
			.withMessageContaining("'X-Evil'")
			.withMessageNotContaining("secret");
	}

}
