package dev.tidepool.classic;

import java.io.IOException;
import java.net.Socket;

import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.Sweeper;

/**
 * Makes connections that keep a record.
 */
final class RecordedConnectionFactory implements HttpConnectionFactory<ManagedHttpClientConnection> {

	private final HttpConnectionFactory<ManagedHttpClientConnection> factory = ManagedHttpClientConnectionFactory
		.builder()
		.build();

	private final NanoClock clock;

	private final Sweeper sweeper;

	RecordedConnectionFactory(NanoClock clock, Sweeper sweeper) {
		this.clock = clock;
		this.sweeper = sweeper;
	}

	@Override
	public ManagedHttpClientConnection createConnection(@Nullable Socket socket) throws IOException {
		return new RecordedConnection(this.factory.createConnection(socket), this.clock, this.sweeper);
	}

}
