package dev.tidepool.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.springframework.http.HttpMethod;

import static dev.tidepool.contract.ResponseVector.of;

/**
 * The rules of RFC 9112 for responses, each with what a hostile upstream makes of it.
 */
enum ResponseRule {

	/**
	 * RFC 9112 6.3: what is no length is an error, and so is a message that ends before
	 * it.
	 */
	CONTENT_LENGTH {

		@Override
		Stream<ResponseVector> vectors() {
			return Stream.of(
					Stream
						.of("+3", "-3", "0x3", "3.0", "3e0", "3 3", "3;a", "three", "", "9223372036854775808",
								"99999999999999999999", "3, 4", "3,", ",3")
						.map((length) -> of("Content-Length: '" + length + "'",
								OK + "Content-Length: " + length + CRLF + CRLF + "abc")),
					// One value said twice may be taken as said once
					Stream
						.of("Content-Length: 3, 3", "Content-Length: 3\r\nContent-Length: 3",
								"Content-Length: 3\r\nX: y\r\ncontent-length: 3")
						.map((header) -> of(header, OK + header + CRLF + CRLF + "abc").isRightOrFails("abc")),
					Stream.of("Content-Length: 3\r\nContent-Length: 4", "Content-Length: 4\r\nContent-Length: 3",
							"Content-Length: 0\r\nX: y\r\ncontent-length: 3", "Content-Length: 3\r\nContent-Length: +3")
						.map((header) -> of(header, OK + header + CRLF + CRLF + "abc")),
					Stream.of("Content-Length: 3 ", "Content-Length:3", "Content-Length: \t 3\t", "CONTENT-LENGTH: 3")
						.map((header) -> of(header, OK + header + CRLF + CRLF + "abc").isRight("abc")),
					Stream.of("Content-Length: 4", "Content-Length: 2147483648", "Content-Length: 9223372036854775807")
						.map((header) -> of(header, OK + header + CRLF + CRLF + "abc").thenClosed()))
				.flatMap((vectors) -> vectors);
		}

	},

	/**
	 * RFC 9112 6.1: nothing but "chunked", once, in HTTP/1.1 and without a length, says
	 * where a message ends.
	 */
	TRANSFER_ENCODING {

		@Override
		Stream<ResponseVector> vectors() {
			String chunked = CRLF + CRLF + "3\r\nabc\r\n0\r\n\r\n";
			return Stream.of(
					Stream
						.of("Transfer-Encoding: chunked", "transfer-encoding:ChUnKeD",
								"Transfer-Encoding: \tchunked\t ")
						.map((header) -> of(header, OK + header + chunked).isRight("abc")),
					Stream
						.of("chunked, gzip", "gzip, chunked", "gzip", "xchunked", "chunkedx", "chunked, chunked",
								"chunked\r\nTransfer-Encoding: chunked", "chunked\r\nTransfer-Encoding: identity",
								"identity", "identity, chunked", "", "chunked;q=1", "\u000bchunked", "chunked\u000b",
								"\u0000chunked", "\"chunked\"", "chunked,", "chun ked", "chunked\u00a0")
						.map((coding) -> of("Transfer-Encoding: " + coding,
								OK + "Transfer-Encoding: " + coding + chunked)
							.isTheLastOrFails("abc")
							.thenClosed()),
					Stream
						.of("Transfer-Encoding: chunked\r\nContent-Length: 3",
								"Content-Length: 3\r\nTransfer-Encoding: chunked",
								"Content-Length: 13\r\nTransfer-Encoding: chunked",
								"Transfer-Encoding: chunked\r\nContent-Length: junk",
								"Transfer-Encoding: xchunked\r\nContent-Length: 13",
								"Transfer-Encoding: identity\r\nContent-Length: 13",
								"Transfer-Encoding:\u000bchunked\r\nContent-Length: 13")
						.map((headers) -> of(headers, OK + headers + chunked).isTheLastOrFails("abc").thenClosed()),
					Stream.of("Transfer-Encoding: chunked", "Connection: keep-alive\r\nTransfer-Encoding: chunked")
						.map((headers) -> of(headers + " in HTTP/1.0", "HTTP/1.0 200 OK\r\n" + headers + chunked)
							.isTheLastOrFails("abc")
							.thenClosed()),
					Stream.of(
							of("space before the colon of Transfer-Encoding",
									OK + "Transfer-Encoding : chunked" + chunked),
							of("folded Transfer-Encoding", OK + "Transfer-Encoding:\r\n chunked" + chunked)
								.isRightOrFails("abc")))
				.flatMap((vectors) -> vectors);
		}

	},

	/**
	 * RFC 9112 7.1: chunks are as long as they say, in hexadecimal digits, and the last
	 * one is there.
	 */
	CHUNKS {

		@Override
		Stream<ResponseVector> vectors() {
			String end = "\r\n0\r\n\r\n";
			return Stream
				.of(Stream
					.of("+3", "-3", "0x3", "g", "", " ", "3g", "3 3", "3,3", "3\u0000", "3\u000b", "\u00b3",
							"fffffffffffffffd", "10000000000000003", "80000000000000003", "-80000000")
					.map((size) -> of("chunk size '" + size + "'", CHUNKED + size + CRLF + "abc" + end)),
						Stream.of("3", "03", "3;a=b", "3;a", "3;a=\"b;c\"", "3 ;a=b")
							.map((size) -> of("chunk size '" + size + "'", CHUNKED + size + CRLF + "abc" + end)
								.isRight("abc")),
						// Padded by some, and of one meaning
						Stream.of("3 ", "\t3", " 3", "00000000000000003")
							.map((size) -> of("chunk size '" + size + "'", CHUNKED + size + CRLF + "abc" + end)
								.isRightOrFails("abc")),
						Stream.of(of("chunk size that ends with LF alone", CHUNKED + "3\nabc" + end),
								of("chunk size that ends with CR alone", CHUNKED + "3\rabc" + end),
								of("chunk that ends with LF alone", CHUNKED + "3\r\nabc\n0\r\n\r\n"),
								of("chunk that ends with LF CR", CHUNKED + "3\r\nabc\n\r0\r\n\r\n"),
								of("chunk without an end", CHUNKED + "3\r\nabc0\r\n\r\n"),
								of("chunk with another end", CHUNKED + "3\r\nabcXX0\r\n\r\n"),
								of("chunk that is longer than it says", CHUNKED + "3\r\nabcd" + end),
								of("chunk that is shorter than it says", CHUNKED + "4\r\nabc" + end),
								of("no chunk at all", CHUNKED).thenClosed(),
								of("half a chunk size", CHUNKED + "3").thenClosed(),
								of("half a chunk", CHUNKED + "3\r\nab").thenClosed(),
								of("chunk without its CRLF", CHUNKED + "3\r\nabc").thenClosed(),
								of("no last chunk", CHUNKED + "3\r\nabc\r\n").thenClosed(),
								of("huge chunk that ends early", CHUNKED + "7fffffffffffffff\r\nabc").thenClosed(),
								of("last chunk without the end of its trailers", CHUNKED + "3\r\nabc\r\n0\r\n")
									.isTheLastOrFails("abc")
									.thenClosed(),
								of("half a last chunk", CHUNKED + "3\r\nabc\r\n0").isTheLastOrFails("abc")
									.thenClosed()),
						Stream.of(of("extension of 1 MB", CHUNKED + "3;" + "x".repeat(1_000_000) + CRLF + "abc" + end),
								of("extensions of 200 times the body",
										CHUNKED + ("1;" + "x".repeat(200) + "\r\na\r\n").repeat(2_000) + "0\r\n\r\n"),
								of("extension of the last chunk of 1 MB",
										CHUNKED + "3\r\nabc\r\n0;" + "x".repeat(1_000_000) + CRLF + CRLF)))
				.flatMap((vectors) -> vectors);
		}

	},

	/**
	 * RFC 9112 7.1.2: trailers are header fields.
	 */
	TRAILERS {

		@Override
		Stream<ResponseVector> vectors() {
			String body = CHUNKED + "3\r\nabc\r\n0\r\n";
			return Stream.of(of("a trailer", body + "X-Sum: 1\r\n\r\n").isRight("abc"),
					of("trailer without colon", body + "X-Sum\r\n\r\n"),
					of("trailer without name", body + ": 1\r\n\r\n"),
					of("space before the colon of a trailer", body + "X-Sum : 1\r\n\r\n"),
					of("trailer with NUL in its name", body + "X-\u0000Sum: 1\r\n\r\n"),
					of("trailer of 1 MB", body + "X-Sum: " + "x".repeat(1_000_000) + "\r\n\r\n"),
					of("10,000 trailers", body + "X-Sum: 1\r\n".repeat(10_000) + CRLF),
					of("a response for a trailer", body + OK + "Content-Length: 6\r\n\r\npoison"),
					of("half a trailer", body + "X-Su").thenClosed());
		}

	},

	/**
	 * RFC 9112 4: a status line has a version that we speak and a status of three digits.
	 */
	STATUS_LINE {

		@Override
		Stream<ResponseVector> vectors() {
			String headers = "\r\nContent-Length: 3\r\n\r\nabc";
			return Stream.of(Stream
				.of("HTTP/1.1 99 OK", "HTTP/1.1 1000 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1 -200 OK", "HTTP/1.1 +200 OK",
						"HTTP/1.1 000 OK", "HTTP/1.1 0200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 200OK", "HTTP/1.1 OK",
						"HTTP/1.1", "HTTP/1.1 ", "HTTP/2.0 200 OK", "HTTP/3 200 OK", "HTTP/0.9 200 OK", "HTTP/1 200 OK",
						"HTTP/11.1 200 OK", "HTTP/1.10 200 OK", "HTTP/1.x 200 OK", "http/1.1 200 OK",
						"HTTP /1.1 200 OK", "HTTP/ 1.1 200 OK", "HTTPS/1.1 200 OK", "ICY 200 OK", "200 OK",
						" HTTP/1.1 200 OK", "\u0000HTTP/1.1 200 OK", "SSH-2.0-OpenSSH_9.6", "220 mail.example ESMTP",
						"<html>", "garbage\r\nHTTP/1.1 200 OK", "\u0016\u0003\u0001\u0002\u0000")
				.map((line) -> of(line, line + headers)),
					Stream.of(of("SSH banner alone", "SSH-2.0-OpenSSH_9.6\r\n"), of("LF alone", "garbage\n"),
							of("status line of 1 MB", "HTTP/1.1 200 " + "x".repeat(1_000_000) + headers),
							of("no end of 1 MB", "x".repeat(1_000_000)),
							of("10,000 blank lines", CRLF.repeat(10_000) + OK + "Content-Length: 3\r\n\r\nabc"),
							of("10,000 lines of garbage", "x\r\n".repeat(10_000))),
					Stream.of("HTTP/1.1 200 ", "HTTP/1.1 200 Not what you think \u00e9", "HTTP/1.9 200 OK")
						.map((line) -> of(line, line + headers).isRight("abc")),
					// Without the space that RFC 9112 4 wants, and other old habits
					Stream.of("HTTP/1.1 200", "HTTP/1.1  200 OK", "HTTP/1.1\t200 OK", "\r\nHTTP/1.1 200 OK")
						.map((line) -> of(line, line + headers).isRightOrFails("abc")))
				.flatMap((vectors) -> vectors);
		}

	},

	/**
	 * RFC 9112 2.2 and 5: a header field has a name of token characters and a colon right
	 * after it.
	 */
	HEADERS {

		@Override
		Stream<ResponseVector> vectors() {
			String rest = "\r\nContent-Length: 3\r\n\r\nabc";
			return Stream
				.of(Stream
					.of("no colon", ": no name", "X : y", "X\t: y", "X\u000b: y", "X y: z", "X\u0000: y", "X\u0001: y",
							"X\u007f: y", "X\u00e9: y", "X(: y", "X/Y: z", "\"X\": y", "X@Y: z", "=", "HTTP/1.1 200 OK")
					.map((line) -> of("header line '" + line + "'", OK + line + rest)),
						Stream.of("X: \u00e9", "X:", "X: y: z", "X:y ", "X: \t", "!#$%&'*+-.^_`|~: y")
							.map((line) -> of("header line '" + line + "'", OK + line + rest).isRight("abc")),
						// To be refused or replaced by a space
						Stream
							.of("X: a\u0000b", "X: a\rb", "X: a\u0001b", "X: a\r\n folded", "X: a\r\n\tfolded",
									"X: a\r\n \r\nY: b")
							.map((line) -> of("header line '" + line + "'", OK + line + rest).isRightOrFails("abc")),
						Stream.of(
								of("header line that ends with CR alone", OK + "X: y\rContent-Length: 3\r\n\r\nabc")
									.isTheLastOrFails("abc")
									.thenClosed(),
								of("folded Content-Length", OK + "X: y\r\n Content-Length: 30" + rest)
									.isRightOrFails("abc"),
								of("space before the first header", "HTTP/1.1 200 OK\r\n X: y" + rest)
									.isRightOrFails("abc"),
								of("space before a Content-Length that is the first",
										"HTTP/1.1 200 OK\r\n Content-Length: 4" + rest)
									.isRightOrFails("abc"),
								of("lines that end with LF alone", "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc")
									.isRightOrFails("abc"),
								of("100 headers", OK + "X: y\r\n".repeat(99) + "Content-Length: 3\r\n\r\nabc")
									.isRight("abc"),
								of("101 headers", OK + "X: y\r\n".repeat(100) + "Content-Length: 3\r\n\r\nabc"),
								of("100,000 headers", OK + "X: y\r\n".repeat(100_000) + "Content-Length: 3\r\n\r\nabc"),
								of("header of 8,000 bytes", OK + "X: " + "y".repeat(7_990) + rest).isRight("abc"),
								of("header of 9 kB", OK + "X: " + "y".repeat(9_000) + rest),
								of("header of 1 MB", OK + "X: " + "y".repeat(1_000_000) + rest),
								of("header folded 10,000 times",
										OK + "X: y\r\n" + " y\r\n".repeat(10_000) + "Z: y" + rest)))
				.flatMap((vectors) -> vectors);
		}

	},

	/**
	 * RFC 9112 8: a head that ends early is no response.
	 */
	HALF_A_HEAD {

		@Override
		Stream<ResponseVector> vectors() {
			return Stream
				.of("H", "HTTP/1.1", "HTTP/1.1 200", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r", "HTTP/1.1 200 OK\r\n",
						OK + "Content-Le", OK + "Content-Length: 3", OK + "Content-Length: 3\r\n",
						OK + "Content-Length: 3\r\n\r", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 2")
				.map((head) -> of("head that ends after '" + head + "'", head).to(HttpMethod.POST).thenClosed());
		}

	},

	/**
	 * RFC 9112 6.3: after a response that has no body, bytes are none of it.
	 */
	NO_BODY {

		@Override
		Stream<ResponseVector> vectors() {
			return Stream.of("204 No Content", "304 Not Modified", "200 OK")
				.flatMap((status) -> Stream
					.of("Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
							"X: y\r\n\r\nhello", "X: y\r\n\r\n" + OK + "Content-Length: 6\r\n\r\npoison",
							"Content-Length: 100000\r\n\r\n" + "x".repeat(100_000))
					.map((rest) -> of(status + " with " + rest, "HTTP/1.1 " + status + CRLF + rest)
						.to(status.equals("200 OK") ? HttpMethod.HEAD : HttpMethod.GET)
						.isTheLastOrFails("")));
		}

	},

	/**
	 * RFC 9110 15.2: interim responses are no end, and neither may they have none.
	 */
	INTERIM {

		@Override
		Stream<ResponseVector> vectors() {
			String hint = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
			String fine = OK + "Content-Length: 3\r\n\r\nabc";
			String switching = "HTTP/1.1 101 Switching Protocols\r\n";
			return Stream.of(of("one interim response", hint + fine).isRight("abc"),
					of("unrequested 100", "HTTP/1.1 100 Continue\r\n\r\n" + fine).isRight("abc"),
					of("interim response of no known meaning", "HTTP/1.1 199 Hm\r\n\r\n" + fine).isRight("abc"),
					of("interim response with the length of a body",
							"HTTP/1.1 103 Hm\r\nContent-Length: 50\r\n\r\n" + fine)
						.isRightOrFails("abc"),
					of("interim response that is chunked",
							"HTTP/1.1 103 Hm\r\nTransfer-Encoding: chunked\r\n\r\n" + fine)
						.isRightOrFails("abc"),
					of("interim response with a body", "HTTP/1.1 103 Hm\r\nContent-Length: 5\r\n\r\nhello" + fine),
					of("10,000 interim responses", hint.repeat(10_000) + fine),
					of("unrequested 101", switching + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
					of("unrequested 101 with bytes of its protocol",
							switching + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n\u0081\u0001x"),
					of("unrequested 101 without Upgrade", switching + CRLF),
					of("unrequested 101, then a response",
							switching + "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + fine),
					of("unrequested 101 after an interim response", hint + switching + "Upgrade: h2c\r\n\r\n" + fine));
		}

	},

	/**
	 * RFC 9112 6.3 and 9.3: what comes after a response belongs to no request.
	 */
	END {

		@Override
		Stream<ResponseVector> vectors() {
			String poison = OK + "Content-Length: 6\r\n\r\npoison";
			String fine = OK + "Content-Length: 3\r\n\r\nabc";
			String chunked = CHUNKED + "3\r\nabc\r\n0\r\n\r\n";
			return Stream.of(Stream.of(of("a response", fine), of("a response in chunks", chunked))
				.flatMap((vector) -> Stream
					.of("d", "\r\n", poison, "0\r\n\r\n", "\u0000".repeat(20_000), "HTTP/1.1 100 Continue\r\n\r\n")
					.map((more) -> of(vector.name() + " and " + more.strip().length() + " bytes more",
							vector.response() + more)
						.isTheLastOrFails("abc"))),
					Stream.of(
							of("body that ends with the connection", OK + "X: y\r\n\r\nabc").isTheLast("abc")
								.thenClosed(),
							of("body that ends with the connection, of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nabc")
								.isTheLast("abc")
								.thenClosed(),
							of("no header at all", "HTTP/1.1 200 OK\r\n\r\nabc").isTheLast("abc").thenClosed(),
							of("Connection: close", OK + "Connection: close\r\nContent-Length: 3\r\n\r\nabc")
								.isTheLast("abc"),
							of("Connection: x, CLOSE", OK + "Connection: x , CLOSE\r\nContent-Length: 3\r\n\r\nabc")
								.isTheLast("abc"),
							of("two Connection headers",
									OK + "Connection: keep-alive\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")
								.isTheLast("abc")))
				.flatMap((vectors) -> vectors);
		}

	},

	/**
	 * RFC 9110 8.4: a coding that is broken or unknown fails its reader.
	 */
	CONTENT_CODING {

		@Override
		Stream<ResponseVector> vectors() {
			String zipped = gzip("abc".repeat(100));
			String wrongSum = zipped.substring(0, zipped.length() - 8) + "\u0001\u0002\u0003\u0004"
					+ zipped.substring(zipped.length() - 4);
			String wrongData = zipped.substring(0, 12) + "\u00ff\u00ff\u00ff" + zipped.substring(15);
			return Stream.of(coded("gzip", zipped).isRight("abc".repeat(100)),
					coded("x-gzip", zipped).isRight("abc".repeat(100)),
					coded("GZIP", zipped).isRight("abc".repeat(100)), named("wrong sum", coded("gzip", wrongSum)),
					named("wrong data", coded("gzip", wrongData)), named("no gzip", coded("gzip", "abc")),
					named("nothing", coded("gzip", "")).isRightOrFails(""),
					named("half of it", coded("gzip", zipped.substring(0, zipped.length() / 2))),
					named("no sum", coded("gzip", zipped.substring(0, zipped.length() - 8))),
					named("half a head", coded("gzip", zipped.substring(0, 5))),
					named("more after it", coded("gzip", zipped + "garbage")).isRightOrFails("abc".repeat(100)),
					coded("xyz", "abc"), coded("gzip, xyz", zipped), coded("xyz, gzip", zipped),
					coded("gzip, gzip, gzip, gzip, gzip, gzip",
							IntStream.range(0, 6).boxed().reduce("abc", (text, i) -> gzip(text), (a, b) -> a)));
		}

		private static ResponseVector named(String name, ResponseVector vector) {
			return new ResponseVector(vector.name() + ", " + name, vector.method(), vector.response(), vector.closed(),
					vector.outcome(), vector.body());
		}

		private static ResponseVector coded(String coding, String body) {
			return of("Content-Encoding: " + coding,
					OK + "Content-Encoding: " + coding + "\r\nContent-Length: " + body.length() + CRLF + CRLF + body)
				.failsItsReader();
		}

	};

	private static final String CRLF = "\r\n";

	private static final String OK = "HTTP/1.1 200 OK\r\n";

	private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

	abstract Stream<ResponseVector> vectors();

	private static String gzip(String text) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
			zip.write(text.getBytes(StandardCharsets.ISO_8859_1));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toString(StandardCharsets.ISO_8859_1);
	}

}
