package dev.tidepool.call;

import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ResponseLengthTests {

	private final BasicHttpResponse response = new BasicHttpResponse(200);

	@ParameterizedTest
	@CsvSource({ "0,0", "3,3", "003,3", "999999999999999999,999999999999999999" })
	void contentLengthIsDigits(String value, long length) throws Exception {
		this.response.addHeader("Content-Length", value);
		assertThat(length()).isEqualTo(length);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "+3", "-3", "-0", "0x3", "3.0", "3, 3", "3,3", "3 3", "3;", "٣", "9223372036854775808",
			"99999999999999999999", "three" })
	void nothingElseIsAContentLength(String value) {
		this.response.addHeader("Content-Length", value);
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(this::length);
	}

	@Test
	void contentLengthIsThereOnce() {
		this.response.addHeader("Content-Length", "3");
		this.response.addHeader("content-length", "3");
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(this::length);
	}

	@Test
	void bodyOfNoLengthEndsWithTheConnection() throws Exception {
		assertThat(length()).isEqualTo(ContentLengthStrategy.UNDEFINED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "chunked", "Chunked", "CHUNKED" })
	void chunkedIsACoding(String value) throws Exception {
		this.response.addHeader("Transfer-Encoding", value);
		assertThat(length()).isEqualTo(ContentLengthStrategy.CHUNKED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "xchunked",
			"chunked;q=1", "chunked,", "\u000bchunked", "\"chunked\"" })
	void noOtherCodingIsUnderstood(String value) {
		this.response.addHeader("Transfer-Encoding", value);
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(this::length);
	}

	@Test
	void codingIsThereOnceAndNotInHttp10() {
		this.response.addHeader("Transfer-Encoding", "chunked");
		this.response.setVersion(HttpVersion.HTTP_1_0);
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(this::length);
		this.response.setVersion(HttpVersion.HTTP_1_1);
		this.response.addHeader("Transfer-Encoding", "chunked");
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(this::length);
	}

	@Test
	void codingCountsBeforeALengthWhichMakesItAmbiguous() throws Exception {
		this.response.addHeader("Transfer-Encoding", "chunked");
		assertThat(ResponseLength.isAmbiguous(this.response)).isFalse();
		this.response.addHeader("Content-Length", "3");
		assertThat(length()).isEqualTo(ContentLengthStrategy.CHUNKED);
		assertThat(ResponseLength.isAmbiguous(this.response)).isTrue();
	}

	private long length() throws HttpException {
		return ResponseLength.INSTANCE.determineLength(this.response);
	}

}
