package dev.tidepool.async;

import java.nio.channels.ReadableByteChannel;

import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.nio.ChunkDecoder;
import org.apache.hc.core5.http.impl.nio.ClientHttp1StreamDuplexer;
import org.apache.hc.core5.http.impl.nio.DefaultHttpRequestWriterFactory;
import org.apache.hc.core5.http.nio.ContentDecoder;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.reactor.ProtocolIOSession;

import dev.tidepool.call.ResponseLength;
import dev.tidepool.call.TrustStrategy;

/**
 * HttpCore's side of a connection, but for how it reads the length and the chunks of a
 * response body.
 */
final class StrictDuplexer extends ClientHttp1StreamDuplexer {

	private static final HttpProcessor NO_PROCESSING = HttpProcessorBuilder.create().build();

	private final ResponseParser parser;

	StrictDuplexer(ProtocolIOSession session, ResponseParser parser) {
		super(session, NO_PROCESSING, parser.heads().config(), CharCodingConfig.DEFAULT, TrustStrategy.INSTANCE, parser,
				DefaultHttpRequestWriterFactory.INSTANCE.create(), ResponseLength.INSTANCE,
				DefaultContentLengthStrategy.INSTANCE, null);
		this.parser = parser;
	}

	@Override
	protected ContentDecoder createContentDecoder(long length, ReadableByteChannel channel, SessionInputBuffer buffer,
			BasicHttpTransportMetrics metrics) throws HttpException {
		return (length == ContentLengthStrategy.CHUNKED)
				? new ChunkDecoder(channel, new CheckedInput(buffer, this.parser.heads().chunked(() -> {
				})), this.parser.heads().config(), metrics)
				: super.createContentDecoder(length, channel, buffer, metrics);
	}

}
