package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Gets to know the input buffer of one connection, where bytes may be left that belong to
 * no response. HttpClient shows it to the parser of response heads only.
 */
final class InputBufferWatch
		implements HttpMessageParserFactory<ClassicHttpResponse>, HttpMessageParser<ClassicHttpResponse> {

	private @Nullable HttpMessageParser<ClassicHttpResponse> parser;

	private @Nullable SessionInputBuffer buffer;

	@Override
	@SuppressWarnings("deprecation")
	public HttpMessageParser<ClassicHttpResponse> create(Http1Config config) {
		this.parser = DefaultHttpResponseParserFactory.INSTANCE.create(config);
		return this;
	}

	@Override
	public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream inputStream)
			throws IOException, HttpException {
		this.buffer = buffer;
		HttpMessageParser<ClassicHttpResponse> parser = this.parser;
		if (parser == null) {
			throw new IllegalStateException("No parser was created");
		}
		return parser.parse(buffer, inputStream);
	}

	boolean hasBytes() {
		SessionInputBuffer buffer = this.buffer;
		return buffer != null && buffer.length() > 0;
	}

}
