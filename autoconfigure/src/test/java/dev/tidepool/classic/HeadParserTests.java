package dev.tidepool.classic;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.BasicLineParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.call.ResponseHeads;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HeadParserTests {

	private static final Http1Config CONFIG = Http1Config.custom().setMaxLineLength(8192).build();

	private final HeadParser parser = parser();

	private static HeadParser parser() {
		ResponseHeads heads = new ResponseHeads();
		heads.of(UpstreamSettings.DEFAULTS);
		return new HeadParser(CONFIG, heads);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HTTP/1.0 404 Not Found\r\nA:b\r\n\r\n",
			"HTTP/1.1 200\r\nA: b\r\n\r\n", "HTTP/1.1 200 \r\n\r\n", "HTTP/1.7 299 A  b \r\nA:  b \r\n\r\n",
			"\r\n\r\nHTTP/1.1 503 Service Unavailable\r\nServer: a\r\nServer: b\r\nserver: c\r\n\r\n",
			"HTTP/1.1 200 OK\nA: b\nC: d\n\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\t d \r\nE: f\r\n\r\n",
			"HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n  \r\n\r\n", "HTTP/1.1 200 OK\r\nA:\r\nB: \r\nC: :\r\n\r\n",
			"HTTP/1.1 200 Ok\u00e9\r\nA: \u00fc\r\n\r\n" })
	void headIsWhatHttpCoreMakesOfIt(String head) throws Exception {
		SessionInputBuffer buffer = buffer();
		List<String> expected = describe(
				new DefaultHttpResponseParser(CONFIG, new BasicLineParser(), null).parse(buffer(), in(head)));
		InputStream in = in(head.repeat(3));
		for (int i = 0; i < 3; i++) {
			assertThat(describe(this.parser.parse(buffer, in))).isEqualTo(expected);
		}
		assertThat(this.parser.parse(buffer, in)).isNull();
	}

	@Test
	void fieldThatOthersMaySendIsTooLongWhereTheLimitIsLower() throws Exception {
		String head = "HTTP/1.1 200 OK\r\nX: " + "x".repeat(80) + "\r\n\r\n";
		parse(head);
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		ResponseHeads strict = new ResponseHeads();
		strict.of(new UpstreamSettings(null, defaults.pool(), defaults.keepAlive(), defaults.timeout(),
				defaults.retry(), defaults.drain(), new ResponseLimits(100, 64, 20, 1024), defaults.redirect(),
				defaults.proxy(), defaults.sslBundle()));
		assertThatExceptionOfType(ParseException.class)
			.isThrownBy(() -> new HeadParser(CONFIG, strict).parse(buffer(), in(head)))
			.withMessageContaining("more than 64 bytes");
	}

	@Test
	void fieldThatCameBeforeIsTheSameUnlessItChanged() throws Exception {
		Header[] first = parse("HTTP/1.1 200 OK\r\nServer: a\r\nDate: 1\r\nETag: \"x\"\r\n\r\n").getHeaders();
		Header[] second = parse("HTTP/1.1 200 OK\r\nServer: a\r\nDate: 2\r\nETag: \"x\"\r\n\r\n").getHeaders();
		assertThat(second[0]).isSameAs(first[0]);
		assertThat(second[1].getValue()).isEqualTo("2");
		assertThat(first[1].getValue()).isEqualTo("1");
		assertThat(second[2]).isSameAs(first[2]);
		ClassicHttpResponse moved = parse("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nServer: a\r\nDate:2\r\n\r\n");
		assertThat(describe(moved)).containsExactly("HTTP/1.1 200 OK", "ETag: \"x\"", "Server: a", "Date: 2");
	}

	@Test
	void longFieldsAndThoseFarBelowAreReadEachTime() throws Exception {
		StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nLong: ").append("x".repeat(4000)).append("\r\n");
		IntStream.range(0, 40).forEach((i) -> head.append("H").append(i).append(": ").append(i).append("\r\n"));
		String complete = head.append("\r\n").toString();
		assertThat(describe(parse(complete))).isEqualTo(describe(parse(complete))).hasSize(42);
	}

	@Test
	void fieldThatCameBeforeCountsAsWell() throws Exception {
		String field = "A: b\r\n";
		int limit = UpstreamSettings.DEFAULTS.limits().maxHeaderCount();
		assertThat(parse("HTTP/1.1 200 OK\r\n" + field.repeat(limit) + "\r\n").getHeaders()).hasSize(limit);
		assertThatExceptionOfType(ParseException.class)
			.isThrownBy(() -> parse("HTTP/1.1 200 OK\r\n" + field.repeat(limit + 1) + "\r\n"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "A : b", "A", ": b", " A: b", "A: b\u0000", "A: b\rc" })
	void malformedFieldIsRefusedAlsoWhereAGoodOneCameBefore(String field) throws Exception {
		parse("HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
		assertThatExceptionOfType(HttpException.class)
			.isThrownBy(() -> parse("HTTP/1.1 200 OK\r\n" + field + "\r\n\r\n"));
	}

	@Test
	void foldedFieldIsNoLongerThanALine() {
		String folded = (" " + "x".repeat(1000) + "\r\n").repeat(9);
		assertThatExceptionOfType(MessageConstraintException.class)
			.isThrownBy(() -> parse("HTTP/1.1 200 OK\r\nA: b\r\n" + folded + "\r\n"));
	}

	@Test
	void emptyLinesBeforeAHeadAreBounded() {
		assertThatExceptionOfType(MessageConstraintException.class).isThrownBy(() -> parse("\r\n".repeat(100)));
	}

	private ClassicHttpResponse parse(String head) throws Exception {
		ClassicHttpResponse response = this.parser.parse(buffer(), in(head));
		assertThat(response).isNotNull();
		return response;
	}

	private static SessionInputBuffer buffer() {
		return new SessionInputBufferImpl(256, 8192);
	}

	private static InputStream in(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static List<String> describe(ClassicHttpResponse response) {
		List<String> lines = new ArrayList<>();
		lines.add("%s %d %s".formatted(response.getVersion(), response.getCode(), response.getReasonPhrase()));
		Arrays.stream(response.getHeaders())
			.forEach((header) -> lines.add(header.getName() + ": " + header.getValue()));
		return lines;
	}

}
