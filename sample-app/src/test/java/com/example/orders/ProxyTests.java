package com.example.orders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.Headers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import com.example.orders.ScriptedUpstream.Request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The proxy between a client and an upstream of which the test sees each byte.
 */
@Timeout(60)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "orders.trickle=false", "server.address=127.0.0.1", "tidepool.timeout.response=30s" })
class ProxyTests {

	private static final ScriptedUpstream UPSTREAM = start();

	private static final ScriptedUpstream IMPATIENT = start();

	@LocalServerPort
	private int port;

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.followRedirects(HttpClient.Redirect.NEVER)
		.build();

	@DynamicPropertySource
	static void upstreams(DynamicPropertyRegistry registry) {
		registry.add("proxy.upstreams.real", () -> UPSTREAM.url() + "/base");
		registry.add("proxy.upstreams.impatient", IMPATIENT::url);
		registry.add("tidepool.upstreams.impatient.base-url", IMPATIENT::url);
		registry.add("tidepool.upstreams.impatient.timeout.response", () -> "300ms");
	}

	@AfterAll
	static void stop() {
		UPSTREAM.close();
		IMPATIENT.close();
	}

	@Test
	void requestIsPassedOnWithoutWhatIsMeantForItsConnection() throws Exception {
		UPSTREAM.on("/base/a%20b;c=d/%C3%A9", (exchange) -> exchange.respond(200, exchange.body()));
		HttpResponse<String> response = this.client
			.send(request("/proxy/real/a%20b;c=d/%C3%A9?q=%26&r").method("PATCH", BodyPublishers.ofString("body"))
				.header("X-Two", "1")
				.header("X-Two", "2")
				.header("Cookie", "a=b")
				.header("Authorization", "Basic eHh4")
				.header("TE", "trailers")
				.header("Proxy-Authorization", "secret")
				.header("Keep-Alive", "timeout=5")
				.build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("body");
		Request seen = UPSTREAM.requests().get(0);
		assertThat(seen.method()).isEqualTo("PATCH");
		assertThat(seen.target()).isEqualTo("/base/a%20b;c=d/%C3%A9?q=%26&r");
		Headers headers = seen.headers();
		assertThat(headers.get("X-Two")).containsExactly("1", "2");
		assertThat(headers.get("Cookie")).containsExactly("a=b");
		assertThat(headers.get("Authorization")).containsExactly("Basic eHh4");
		assertThat(headers.get("Content-Length")).containsExactly("4");
		assertThat(headers.get("Via")).containsExactly("1.1 orders");
		assertThat(headers.get("Host")).containsExactly(URI.create(UPSTREAM.url()).getAuthority());
		assertThat(headers.keySet()).doesNotContain("Te", "Proxy-authorization", "Keep-alive", "Transfer-encoding");
	}

	@Test
	void headersThatConnectionNamesAreDropped() throws Exception {
		UPSTREAM.on("/base/hop", (exchange) -> {
			exchange.headers().set("Connection", "X-Hop, keep-alive");
			exchange.headers().set("X-Hop", "mine");
			exchange.headers().set("Proxy-Authenticate", "Basic");
			exchange.headers().set("X-End", "yours");
			exchange.respond(200, "fine");
		});
		RawResponse response = RawResponse.get(this.port, "/proxy/real/hop", "Connection: close, X-Mine", "X-Mine: 1",
				"Upgrade: websocket");
		assertThat(response.text()).startsWith("HTTP/1.1 200")
			.containsIgnoringCase("X-End: yours")
			.endsWith("\r\n\r\nfine");
		assertThat(response.text()).doesNotContainIgnoringCase("x-hop")
			.doesNotContainIgnoringCase("proxy-authenticate");
		assertThat(UPSTREAM.requests().get(0).headers().keySet()).doesNotContain("X-mine", "Upgrade");
	}

	@Test
	void responseIsPassedBackWithItsCookiesWhichAreNotKept() throws Exception {
		UPSTREAM.on("/base/teapot", (exchange) -> {
			exchange.headers().add("Set-Cookie", "session=secret; Path=/");
			exchange.headers().add("Set-Cookie", "theme=dark");
			exchange.headers().set("Content-Type", "text/x-tea;charset=utf-8");
			exchange.respond(418, "brewing");
		});
		HttpResponse<String> response = get("/proxy/real/teapot");
		assertThat(response.statusCode()).isEqualTo(418);
		assertThat(response.body()).isEqualTo("brewing");
		assertThat(response.headers().allValues("Set-Cookie")).containsExactly("session=secret; Path=/", "theme=dark");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/x-tea;charset=utf-8");
		assertThat(response.headers().firstValue("Content-Length")).hasValue("7");
		get("/proxy/real/teapot");
		assertThat(UPSTREAM.requests()).hasSize(2);
		assertThat(UPSTREAM.requests().get(1).headers().get("Cookie")).isNull();
	}

	@Test
	void redirectIsTheCallers() throws Exception {
		UPSTREAM.on("/base/old", (exchange) -> {
			exchange.headers().set("Location", "/base/new");
			exchange.respond(302, "");
		});
		HttpResponse<String> response = get("/proxy/real/old");
		assertThat(response.statusCode()).isEqualTo(302);
		assertThat(response.headers().firstValue("Location")).hasValue("/base/new");
		assertThat(UPSTREAM.requests()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "POST,application/x-www-form-urlencoded", "PUT,application/x-www-form-urlencoded",
			"POST,multipart/form-data;boundary=x" })
	void bodiesThatSpringWouldReadArePassedOnAsTheyAre(String method, String type) throws Exception {
		UPSTREAM.on("/base/form", (exchange) -> exchange.respond(200, exchange.body()));
		String body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb=%20&c\r\n--x--\r\n";
		HttpResponse<String> response = this.client.send(request("/proxy/real/form").header("Content-Type", type)
			.method(method, BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
		assertThat(response.body()).isEqualTo(body);
		assertThat(UPSTREAM.requests().get(0).headers().getFirst("Content-Type")).isEqualTo(type);
	}

	@Test
	void requestBodyStreams() throws Exception {
		CountDownLatch firstSeen = new CountDownLatch(1);
		UPSTREAM.on("/base/upload", (exchange) -> {
			int first = exchange.in().read();
			firstSeen.countDown();
			exchange.respond(200, (char) first + exchange.body());
		});
		PipedInputStream in = new PipedInputStream();
		CompletableFuture<HttpResponse<String>> response;
		try (PipedOutputStream out = new PipedOutputStream(in)) {
			response = this.client.sendAsync(
					request("/proxy/real/upload").POST(BodyPublishers.ofInputStream(() -> in)).build(),
					BodyHandlers.ofString());
			out.write('a');
			// The JDK's client fills a buffer of 16 KiB before it sends
			out.write(new byte[32 * 1024]);
			out.flush();
			assertThat(firstSeen.await(30, TimeUnit.SECONDS)).isTrue();
			assertThat(response).isNotDone();
			out.write('z');
		}
		assertThat(response.get().body()).startsWith("a").endsWith("z");
		assertThat(UPSTREAM.requests()).hasSize(1);
		assertThat(UPSTREAM.requests().get(0).headers().getFirst("Transfer-Encoding")).isEqualTo("chunked");
	}

	@Test
	void responseBodyStreams() throws Exception {
		CountDownLatch headSeen = new CountDownLatch(1);
		CountDownLatch firstSeen = new CountDownLatch(1);
		UPSTREAM.on("/base/download", (exchange) -> {
			OutputStream out = exchange.stream(0);
			headSeen.await();
			out.write('a');
			out.flush();
			firstSeen.await();
			out.write('z');
			out.close();
		});
		HttpResponse<InputStream> response = this.client.send(request("/proxy/real/download").build(),
				BodyHandlers.ofInputStream());
		headSeen.countDown();
		try (InputStream in = response.body()) {
			assertThat(in.read()).isEqualTo('a');
			firstSeen.countDown();
			assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("z");
		}
	}

	@Test
	void upstreamThatClosesWithoutAnswerIsABadGatewayAndSeesThePostOnce() throws Exception {
		UPSTREAM.on("/base/gone", (exchange) -> exchange.exchange().close());
		HttpResponse<String> response = this.client
			.send(request("/proxy/real/gone").POST(BodyPublishers.ofString("pay")).build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(502);
		assertThat(response.body()).contains("real did not answer").doesNotContain("127.0.0.1");
		assertThat(UPSTREAM.requests()).hasSize(1);
	}

	@Test
	void upstreamThatStallsIsAGatewayTimeout() throws Exception {
		IMPATIENT.on("/silent", ScriptedUpstream.Exchange::stall);
		assertThat(get("/proxy/impatient/silent").statusCode()).isEqualTo(504);
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1_000_000 })
	void upstreamThatFailsLaterBreaksTheConnectionOfTheCaller(long length) throws Exception {
		UPSTREAM.on("/base/half", (exchange) -> {
			OutputStream out = exchange.stream(length);
			out.write(new byte[100_000]);
			out.flush();
			// Not its end
			throw new IOException("broken off");
		});
		HttpResponse<InputStream> response = this.client.send(request("/proxy/real/half").build(),
				BodyHandlers.ofInputStream());
		assertThat(response.statusCode()).isEqualTo(200);
		try (InputStream in = response.body()) {
			assertThatExceptionOfType(IOException.class).isThrownBy(in::readAllBytes);
		}
	}

	@Test
	void callerThatGoesAwayEndsTheExchangeWithTheUpstream() throws Exception {
		CountDownLatch ended = new CountDownLatch(1);
		UPSTREAM.on("/base/endless", (exchange) -> {
			try (OutputStream out = exchange.stream(0)) {
				while (!exchange.closed().await(1, TimeUnit.MILLISECONDS)) {
					out.write(new byte[8192]);
					out.flush();
				}
			}
			catch (IOException ex) {
				ended.countDown();
				throw ex;
			}
		});
		HttpResponse<InputStream> response = this.client.send(request("/proxy/real/endless").build(),
				BodyHandlers.ofInputStream());
		assertThat(response.body().readNBytes(100_000)).hasSize(100_000);
		response.body().close();
		assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/proxy/real/../secret", "/proxy/real/%2e%2e/secret", "/proxy/real/..;/secret",
			"/proxy/real/a/..%5csecret", "/proxy/real/.%2E/secret", "/proxy/real/a%2f..%2f..%2fsecret",
			"/proxy/unknown/secret", "/proxy//secret", "/proxy/127.0.0.1/secret", "/proxy/real@127.0.0.1/secret" })
	void nothingElseCanBeReached(String path) throws Exception {
		UPSTREAM.on("/secret", (exchange) -> exchange.respond(200, "secret"));
		RawResponse response = RawResponse.get(this.port, path, "Connection: close");
		assertThat(response.text()).matches("(?s)HTTP/1.1 (400|404) .*");
		assertThat(UPSTREAM.requests()).isEmpty();
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return this.client.send(request(path).build(), BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.timeout(Duration.ofSeconds(30));
	}

	private static ScriptedUpstream start() {
		try {
			return new ScriptedUpstream();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
