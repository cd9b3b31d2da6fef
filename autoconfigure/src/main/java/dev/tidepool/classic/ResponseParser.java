package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.ResponseHeads;
import dev.tidepool.policy.UpstreamSettings;

/**
 * Parses the responses on one connection. Gets to know its input buffer by that, which
 * HttpClient shows to the parser of response heads only: where bytes may be left that
 * belong to no response, and chunked bodies are read from.
 */
final class ResponseParser
		implements HttpMessageParserFactory<ClassicHttpResponse>, HttpMessageParser<ClassicHttpResponse> {

	private final ResponseHeads heads = new ResponseHeads();

	private final HeadParser parser;

	private @Nullable CheckedInput head;

	private @Nullable InputStream in;

	/**
	 * Create a parser for one connection.
	 * @param config up to where it reads, whatever upstream that is to
	 */
	ResponseParser(Http1Config config) {
		this.parser = new HeadParser(config, this.heads);
	}

	// Asked for it, HttpClient knows no configuration
	@Override
	@SuppressWarnings("deprecation")
	public HttpMessageParser<ClassicHttpResponse> create(@Nullable Http1Config config) {
		return this;
	}

	/**
	 * The connection is to this upstream.
	 * @param settings the upstream's
	 */
	void of(UpstreamSettings settings) {
		this.heads.of(settings);
	}

	@Override
	public @Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
			throws IOException, HttpException {
		CheckedInput head = this.head;
		if (head == null) {
			head = new CheckedInput(buffer, this.heads.lines());
			this.head = head;
		}
		this.in = in;
		try {
			ClassicHttpResponse response = this.parser.parse(head, in);
			if (response != null) {
				this.heads.read(response);
			}
			return response;
		}
		catch (MessageConstraintException ex) {
			throw this.heads.tooLarge(ex);
		}
	}

	/**
	 * The body of the response that was parsed last, which is chunked.
	 * @param onEnd run if the connection ends before its trailers do
	 * @return the body
	 */
	ChunkedInputStream chunked(Runnable onEnd) {
		CheckedInput head = this.head;
		InputStream in = this.in;
		if (head == null || in == null) {
			throw new IllegalStateException("No response was parsed");
		}
		return new ChunkedInputStream(new CheckedInput(head.buffer(), this.heads.chunked(onEnd)), in,
				this.heads.config());
	}

	boolean hasBytes() {
		CheckedInput head = this.head;
		return head != null && head.length() > 0;
	}

}
