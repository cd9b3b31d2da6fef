package dev.tidepool.security;

import java.time.Duration;

import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * Answers in each way that fails, with secrets wherever there is room for one.
 */
final class SecretUpstream {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final String HEAD = "HTTP/1.1 200 OK\r\nSet-Cookie: s=" + Marks.SET_COOKIE + "\r\nX-Token: "
			+ Marks.RESPONSE_HEADER + "\r\n";

	private SecretUpstream() {
	}

	static void answer(Exchange exchange) throws Exception {
		String path = exchange.request().path().replaceFirst("\\?.*", "");
		switch (path) {
			case "/fine", "/held" -> {
				if (path.equals("/held")) {
					exchange.stall(Duration.ofSeconds(3));
				}
				exchange.respond(200, Marks.RESPONSE_BODY, "Set-Cookie: s=" + Marks.SET_COOKIE,
						"X-Token: " + Marks.RESPONSE_HEADER);
			}
			case "/unavailable" -> exchange.respond(503, Marks.RESPONSE_BODY, "X-Token: " + Marks.RESPONSE_HEADER);
			case "/close" -> exchange.close();
			case "/reset" -> exchange.reset();
			case "/silent" -> exchange.stall(LONG);
			case "/half-a-body" -> {
				exchange.raw(HEAD + "Content-Length: 1000\r\n\r\n" + Marks.RESPONSE_BODY);
				exchange.close();
			}
			case "/silent-body" -> {
				exchange.raw(HEAD + "Content-Length: 1000\r\n\r\n" + Marks.RESPONSE_BODY);
				exchange.stall(LONG);
			}
			case "/no-redirect" -> exchange.respond(302, "", "Location: http://user:" + Marks.LOCATION + "@elsewhere/");
			case "/bad-redirect" -> exchange.respond(302, "", "Location: http://else where/?" + Marks.LOCATION);
			case "/strange-redirect" -> exchange.respond(302, "", "Location: ftp://elsewhere/?" + Marks.LOCATION);
			case "/endless-redirect" ->
				exchange.respond(302, "", "Location: /endless-redirect?" + Marks.LOCATION + System.nanoTime());
			case "/redirect-loop" -> exchange.respond(302, "", "Location: /redirect-loop?" + Marks.LOCATION);
			default -> {
				exchange.raw(malformed(path));
				exchange.close();
			}
		}
	}

	private static String malformed(String path) {
		return switch (path) {
			case "/no-status-line" -> Marks.RESPONSE_HEADER + "\r\n\r\n";
			case "/bad-version" -> "HTTP/9.9 200 " + Marks.RESPONSE_HEADER + "\r\n\r\n";
			case "/bad-status" -> "HTTP/1.1 2" + Marks.RESPONSE_HEADER + "\r\n\r\n";
			case "/no-colon" -> HEAD + Marks.RESPONSE_HEADER + "\r\n\r\n";
			case "/space-before-colon" -> HEAD + Marks.RESPONSE_HEADER + " : x\r\n\r\n";
			case "/bad-length" -> HEAD + "Content-Length: " + Marks.RESPONSE_HEADER + "\r\n\r\n";
			case "/two-lengths" -> HEAD + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx";
			case "/bad-coding" -> HEAD + "Transfer-Encoding: " + Marks.RESPONSE_HEADER + "\r\n\r\n";
			case "/bad-chunk" -> HEAD + "Transfer-Encoding: chunked\r\n\r\n" + Marks.RESPONSE_BODY + "\r\n\r\n";
			case "/bad-trailer" ->
				HEAD + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + Marks.RESPONSE_HEADER + "\r\n\r\n";
			case "/long-line" -> HEAD + "X-Long: " + Marks.RESPONSE_HEADER.repeat(2_000) + "\r\n\r\n";
			case "/many-fields" -> HEAD + ("X-Many: " + Marks.RESPONSE_HEADER + "\r\n").repeat(500) + "\r\n";
			case "/many-interim-responses" ->
				("HTTP/1.1 103 Early\r\nLink: <" + Marks.RESPONSE_HEADER + ">\r\n\r\n").repeat(50);
			case "/unasked-upgrade" -> "HTTP/1.1 101 Switching\r\nUpgrade: " + Marks.RESPONSE_HEADER + "\r\n\r\n";
			default -> throw new IllegalArgumentException(path);
		};
	}

}
