package dev.tidepool.classic;

import java.io.IOException;

import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.core5.http.config.Http1Config;

import dev.tidepool.call.ResponseLength;

/**
 * Makes connections that keep a record.
 */
final class RecordedConnectionFactory {

	private final Surroundings surroundings;

	private final Http1Config config;

	RecordedConnectionFactory(Surroundings surroundings, Http1Config config) {
		this.config = config;
		this.surroundings = surroundings;
	}

	RecordedConnection create() throws IOException {
		ResponseParser parser = new ResponseParser(this.config);
		return new RecordedConnection(ManagedHttpClientConnectionFactory.builder()
			.http1Config(this.config)
			.incomingContentLengthStrategy(ResponseLength.INSTANCE)
			.responseParserFactory(parser)
			.build()
			.createConnection(null), parser, this.surroundings);
	}

}
