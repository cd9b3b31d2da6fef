package dev.tidepool.classic;

import java.io.IOException;
import java.net.Socket;

import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.ResponseLength;

/**
 * Makes connections that keep a record.
 */
final class RecordedConnectionFactory implements HttpConnectionFactory<ManagedHttpClientConnection> {

	private final Surroundings surroundings;

	private final Http1Config config;

	RecordedConnectionFactory(Surroundings surroundings, Http1Config config) {
		this.config = config;
		this.surroundings = surroundings;
	}

	@Override
	public ManagedHttpClientConnection createConnection(@Nullable Socket socket) throws IOException {
		ResponseParser parser = new ResponseParser(this.config);
		return new RecordedConnection(ManagedHttpClientConnectionFactory.builder()
			.http1Config(this.config)
			.incomingContentLengthStrategy(ResponseLength.INSTANCE)
			.responseParserFactory(parser)
			.build()
			.createConnection(socket), parser, this.surroundings);
	}

}
