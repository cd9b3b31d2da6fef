package dev.tidepool.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.springframework.context.ConfigurableApplicationContext;

import dev.tidepool.measured.Callers;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Responses that nobody has thought of: pieces of real ones put together at random, and
 * bytes of them changed. Whatever arrives, the call is over in time, a failure is an I/O
 * failure, no byte of it reaches another call, and nothing stays behind.
 */
final class ResponseFuzz {

	private static final Duration BOUND = Duration.ofMinutes(2);

	private static final Duration CALL = Duration.ofMillis(150);

	private static final int CALLERS = 8;

	// What tells the bytes of one exchange from those of another
	private static final String ID = "{id}";

	private static final Pattern ANY_ID = Pattern.compile("call-\\d+-");

	private static final String[] HEADS = { "HTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.0 200 OK", "HTTP/1.1 204 None",
			"HTTP/1.1 205 Reset", "HTTP/1.1 304 Same", "HTTP/1.1 302 Found", "HTTP/1.1 404 Not Found",
			"HTTP/1.1 503 Busy", "HTTP/1.1 100 Continue", "HTTP/1.1 103 Hints", "HTTP/1.1 101 Switch",
			"HTTP/1.1 999 What", "HTTP/1.1 99 What", "HTTP/2.0 200 OK", "HTTP/1.1  200 OK", "http/1.1 200 OK", "",
			" " };

	private static final String[] FIELDS = { "Content-Length: 0", "Content-Length: 5", "Content-Length: 12",
			"Content-Length: +5", "Content-Length: 5, 5", "Content-Length: 99999999999999999999", "Content-Length:",
			"Transfer-Encoding: chunked", "Transfer-Encoding: Chunked", "Transfer-Encoding: gzip, chunked",
			"Transfer-Encoding: chunked, identity", "Transfer-Encoding : chunked", "Connection: close",
			"Connection: keep-alive", "Connection: upgrade", "Keep-Alive: timeout=1", "Keep-Alive: timeout=-1, max=0",
			"Content-Encoding: gzip", "Content-Encoding: zorg", "Location: /" + ID, "Location: http://\u0000/",
			"Retry-After: 0", "Retry-After: 99999999999", "Set-Cookie: a=" + ID, "X: " + ID, " folded " + ID,
			"\tfolded", "no colon", ": no name", "X\u0001: 1", "X: \u0000", "Trailer: X", "Upgrade: h2c" };

	private static final String[] PIECES = { ID, "hello", "0\r\n\r\n", "5\r\nhello\r\n", "5;a=b\r\nhello\r\n",
			"5\nhello\n", "+5\r\nhello\r\n", "-1\r\n", "ffffffffffffffff\r\n", "7fffffffffffffff\r\n", "\r\n", "\n",
			"\r", "\r\n\r\n", "0\r\nX: " + ID + "\r\n\r\n", "0\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "\u0000", "\u00ff\u00fe", "x".repeat(9000) };

	private static final byte[] GZIP = gzip();

	private ResponseFuzz() {
	}

	/**
	 * Responses.
	 */
	static Arbitrary<List<Response>> responses() {
		Arbitrary<String> end = Arbitraries.frequencyOf(Tuple.of(20, Arbitraries.just("\r\n")),
				Tuple.of(1, Arbitraries.of("\n", "\r", "")));
		Arbitrary<String> lines = Combinators
			.combine(Arbitraries.of(HEADS), Arbitraries.of(FIELDS).list().ofMaxSize(5), end.list().ofSize(7))
			.as((head, fields, ends) -> {
				StringBuilder text = new StringBuilder(head).append(ends.get(0));
				for (int i = 0; i < fields.size(); i++) {
					text.append(fields.get(i)).append(ends.get(i + 1));
				}
				return text.append(ends.get(6)).toString();
			});
		Arbitrary<String> body = Arbitraries
			.frequencyOf(Tuple.of(6, Arbitraries.of(PIECES)),
					Tuple.of(1, Arbitraries.just(new String(GZIP, StandardCharsets.ISO_8859_1))),
					Tuple.of(1, Arbitraries.strings().withCharRange('\u0000', '\u00ff').ofMaxLength(20)))
			.list()
			.ofMaxSize(5)
			.map((pieces) -> String.join("", pieces));
		Arbitrary<Change> change = Combinators
			.combine(Arbitraries.integers().between(0, 999), Arbitraries.integers().between(0, 2),
					Arbitraries.chars().range('\u0000', '\u00ff'))
			.as(Change::new);
		return Combinators
			.combine(lines.list().ofMinSize(1).ofMaxSize(2), body, change.list().ofMaxSize(2),
					Arbitraries.frequency(Tuple.of(6, End.FIN), Tuple.of(2, End.RST), Tuple.of(3, End.NONE)),
					Arbitraries.integers().between(1, 4))
			.as((heads, content, changes, how, writes) -> {
				String text = String.join("", heads) + content;
				for (Change each : changes) {
					text = each.apply(text);
				}
				return new Response(text, how, writes);
			})
			.list()
			.ofSize(64);
	}

	/**
	 * Have a client meet responses.
	 */
	static void meets(ContractSide side, boolean tls, List<Response> responses) throws IOException {
		try (ScriptedServer server = tls
				? ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
						(exchange) -> answer(exchange, responses))
				: ScriptedServer.start((exchange) -> answer(exchange, responses))) {
			side.application()
				.withPropertyValues(TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own",
						"tidepool.retry.backoff.initial=1ms", "tidepool.response.max-decompressed-size=1MB",
						"tidepool.timeout.connect=10s", "tidepool.timeout.tls-handshake=20s")
				.run((context) -> {
					ContractApplication application = new ContractApplication(side,
							context.getSourceApplicationContext(ConfigurableApplicationContext.class));
					meets(application, server, responses);
					application.isAtRest();
					application.ledgerIsRight(server);
				});
		}
	}

	private static void meets(ContractApplication application, ScriptedServer server, List<Response> responses)
			throws Exception {
		ContractClient client = application.client();
		Callers.Outcome outcome = Callers.run(CALLERS, responses.size(), BOUND, (i) -> {
			String id = "call-%d-".formatted(i);
			try {
				meet(client, id, ContractRequest.get(server.uri("/" + i)).id(id).within(CALL));
				String other = "then-%d-".formatted(i);
				// May meet a connection that the server is about to close
				ContractRequest then = ContractRequest.get(server.uri("/then")).id(other);
				assertThat(client.exchange(then).body()).isEqualTo(other);
			}
			catch (AssertionError | RuntimeException ex) {
				throw new AssertionError("Of %s, and after it: %s".formatted(id, responses.get(i)), ex);
			}
		});
		assertThat(outcome.calls()).isEqualTo(responses.size());
	}

	private static void meet(ContractClient client, String id, ContractRequest request) {
		long start = System.nanoTime();
		try {
			ContractResponse response = client.exchange(request);
			String text = response.headers() + response.body();
			assertThat(ANY_ID.matcher(text).results().map(MatchResult::group)).as(id).allMatch(id::equals);
			assertThat(text).as(id).doesNotContain("then-");
		}
		catch (ContractFailure ex) {
			assertThat(ex.getCause()).as(id).isInstanceOf(IOException.class);
		}
		assertThat(Duration.ofNanos(System.nanoTime() - start)).as(id).isLessThan(Contract.WIDE);
	}

	private static void answer(Exchange exchange, List<Response> responses) throws Exception {
		String path = exchange.request().path();
		if (!path.matches("/\\d+")) {
			exchange.respond(200, String.valueOf(exchange.request().header("X-Id")));
			return;
		}
		Response response = responses.get(Integer.parseInt(path.substring(1)));
		byte[] bytes = response.text()
			.replace(ID, exchange.request().header("X-Id"))
			.getBytes(StandardCharsets.ISO_8859_1);
		// What comes after a response may be complete belongs to the next: no client can
		// tell
		// it from that, if it comes later
		int head = Math.max(0, Math.min(bytes.length, response.text().indexOf("\n")));
		for (int i = 0; i < response.writes(); i++) {
			int from = head * i / response.writes();
			int to = (i == response.writes() - 1) ? bytes.length : head * (i + 1) / response.writes();
			exchange.raw(Arrays.copyOfRange(bytes, from, to));
			TimeUnit.MICROSECONDS.sleep(100);
		}
		switch (response.end()) {
			case FIN -> exchange.close();
			case RST -> exchange.reset();
			case NONE -> {
			}
		}
	}

	private static byte[] gzip() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
			gzip.write("hello".getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return bytes.toByteArray();
	}

	/**
	 * What the server does with the connection after its response.
	 */
	enum End {

		FIN, RST, NONE

	}

	/**
	 * One response.
	 *
	 * @param text its bytes
	 * @param end what follows
	 * @param writes in how many pieces it is written
	 */
	record Response(String text, End end, int writes) {

		@Override
		public String toString() {
			StringBuilder shown = new StringBuilder();
			for (char sign : ((this.text.length() > 300) ? this.text.substring(0, 300) : this.text).toCharArray()) {
				shown.append((sign < ' ' || sign > '~') ? "\\x%02x".formatted((int) sign) : String.valueOf(sign));
			}
			return shown + " " + this.end + " in " + this.writes;
		}

	}

	/**
	 * A byte that is not as it was.
	 *
	 * @param place where, of a thousand
	 * @param kind what happens there: left out, put in, replaced
	 * @param sign the other byte
	 */
	private record Change(int place, int kind, char sign) {

		String apply(String text) {
			if (text.isEmpty()) {
				return text;
			}
			int at = this.place * text.length() / 1000;
			List<String> parts = new ArrayList<>(List.of(text.substring(0, at)));
			if (this.kind != 0) {
				parts.add(String.valueOf(this.sign));
			}
			parts.add(text.substring((this.kind == 1) ? at : at + 1));
			return String.join("", parts);
		}

	}

}
