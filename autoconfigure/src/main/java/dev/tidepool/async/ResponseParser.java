package dev.tidepool.async;

import java.io.IOException;

import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.impl.nio.DefaultHttpResponseFactory;
import org.apache.hc.core5.http.impl.nio.DefaultHttpResponseParser;
import org.apache.hc.core5.http.nio.NHttpMessageParser;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.ResponseHeads;
import dev.tidepool.policy.UpstreamSettings;

/**
 * Parses the responses on one connection, and nothing else: bytes that no request has
 * asked for end it. HttpCore's own would keep a part of a response head for the next
 * request, and give its caller what was not meant for it.
 */
final class ResponseParser implements NHttpMessageParser<HttpResponse> {

	private final ResponseHeads heads;

	private final NHttpMessageParser<HttpResponse> parser;

	// Only for the I/O thread: asked whether it has data, it changes its mode
	private @Nullable SessionInputBuffer buffer;

	private boolean expecting;

	private volatile boolean unasked;

	/**
	 * Create a parser for one connection.
	 * @param settings the upstream's
	 */
	ResponseParser(UpstreamSettings settings) {
		this.heads = new ResponseHeads();
		this.heads.of(settings);
		this.parser = new DefaultHttpResponseParser<>(this.heads.config(), this.heads,
				DefaultHttpResponseFactory.INSTANCE);
	}

	ResponseHeads heads() {
		return this.heads;
	}

	/**
	 * A request is about to be written.
	 */
	void expects() {
		this.expecting = true;
	}

	/**
	 * The response is complete, and what has been read beyond it is none. Only for the
	 * I/O thread.
	 */
	void expectsNothing() {
		this.expecting = false;
		if (this.buffer != null && this.buffer.hasData()) {
			this.unasked = true;
		}
	}

	/**
	 * Whether bytes came that no request had asked for.
	 * @return whether any are known of
	 */
	boolean hasUnasked() {
		return this.unasked;
	}

	/**
	 * Bytes were seen elsewhere that no request had asked for.
	 */
	void unasked() {
		this.unasked = true;
	}

	@Override
	public void reset() {
		this.parser.reset();
	}

	@Override
	public @Nullable HttpResponse parse(SessionInputBuffer buffer, boolean endOfStream)
			throws IOException, HttpException {
		SessionInputBuffer checked = this.buffer;
		if (checked == null) {
			checked = new CheckedInput(buffer, this.heads.lines());
			this.buffer = checked;
		}
		if (!this.expecting && buffer.hasData()) {
			this.unasked = true;
			throw new ProtocolException("Bytes came that no request had asked for");
		}
		try {
			HttpResponse response = this.parser.parse(checked, endOfStream);
			if (response != null) {
				this.heads.read(response);
			}
			else if (endOfStream) {
				this.heads.end();
			}
			return response;
		}
		catch (MessageConstraintException ex) {
			throw this.heads.tooLarge(ex);
		}
	}

}
