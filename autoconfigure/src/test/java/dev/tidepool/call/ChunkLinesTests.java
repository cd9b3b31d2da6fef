package dev.tidepool.call;

import java.io.IOException;

import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class ChunkLinesTests {

	private final Lines body = new Lines();

	@ParameterizedTest
	@ValueSource(strings = { "5", "a", "A", "00000005", "5;name", "5; name=\"va;lue\"", "5 ;x", "5  ", "5\t",
			"7fffffffffffff" })
	void sizesAreHexadecimalDigitsAndPerhapsAnExtension(String line) {
		assertThatNoException().isThrownBy(() -> read(line));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " 5", "+5", "-5", "-1", "0x5", "5 5", "5,5", "g", "5\r", "5;\r", "5;\u0000", "５",
			"10000000000000000", "fffffffffffffffff", "8000000000000000", ";name" })
	void nothingElseIsASize(String line) {
		assertThatExceptionOfType(MalformedChunkCodingException.class).isThrownBy(() -> read(line));
	}

	@Test
	void chunkEndsWhereItsSizeSays() throws Exception {
		read("5", "", "a", "");
		assertThatExceptionOfType(MalformedChunkCodingException.class).isThrownBy(() -> read("5", "x"))
			.withMessageContaining("longer than its size");
	}

	@Test
	void linesEndWithTwoBytes() throws Exception {
		ChunkLines body = new ChunkLines(UpstreamSettings.DEFAULTS, () -> {
		});
		CharArrayBuffer line = new CharArrayBuffer(1);
		line.append("5");
		body.read(line, 3);
		line.clear();
		assertThatExceptionOfType(MalformedChunkCodingException.class).isThrownBy(() -> body.read(line, 1))
			.withMessageContaining("CR and LF");
	}

	@Test
	void trailersAreHeaderFields() throws Exception {
		read("5", "", "0", "Digest: abc", " folded", "");
		assertThatExceptionOfType(MalformedChunkCodingException.class)
			.isThrownBy(() -> new Lines().read("0", "Digest : abc"));
		assertThatExceptionOfType(MalformedChunkCodingException.class).isThrownBy(() -> new Lines().read("0", " abc"));
		assertThatExceptionOfType(MalformedChunkCodingException.class).isThrownBy(() -> new Lines().read("0", "abc"));
	}

	@Test
	void trailersAreAsManyAsHeadersAtMost() {
		assertThatExceptionOfType(MalformedChunkCodingException.class).isThrownBy(() -> {
			read("0");
			for (int i = 0; i <= 100; i++) {
				read("X-Trailer: " + i);
			}
		}).withMessageContainingAll("100", "tidepool.response.max-header-count");
	}

	@Test
	void lineIsAsLongAsAHeaderAtMost() {
		assertThatNoException().isThrownBy(() -> read("5;" + "x".repeat(8190)));
		assertThatExceptionOfType(MalformedChunkCodingException.class)
			.isThrownBy(() -> new Lines().read("5;" + "x".repeat(8191)))
			.withMessageContaining("tidepool.response.max-line-length");
	}

	@Test
	void smallChunksWithoutExtensionsGoOnForEver() {
		assertThatNoException().isThrownBy(() -> {
			for (int i = 0; i < 100_000; i++) {
				read("1", "");
			}
		});
	}

	@Test
	void extensionsAreBoundedByTheBody() {
		assertThatExceptionOfType(MalformedChunkCodingException.class).isThrownBy(() -> {
			for (int i = 0; i < 1000; i++) {
				read("1;" + "x".repeat(100), "");
			}
		}).withMessageContaining("extensions");
		assertThatNoException().isThrownBy(() -> {
			Lines large = new Lines();
			for (int i = 0; i < 1000; i++) {
				large.read("400;signature=" + "x".repeat(100), "");
			}
		});
	}

	@Test
	void declaredSizesDoNotAddUpToMoreThanALongHas() {
		assertThatExceptionOfType(MalformedChunkCodingException.class).isThrownBy(() -> {
			for (int i = 0; i < 20; i++) {
				read("7ffffffffffffff", "");
			}
		});
	}

	private void read(String... lines) throws IOException {
		this.body.read(lines);
	}

	/**
	 * The lines of one body.
	 */
	private static final class Lines {

		private final ChunkLines lines = new ChunkLines(UpstreamSettings.DEFAULTS, () -> {
		});

		void read(String... lines) throws IOException {
			for (String line : lines) {
				CharArrayBuffer buffer = new CharArrayBuffer(line.length());
				buffer.append(line);
				this.lines.read(buffer, line.length() + 2);
			}
		}

	}

}
