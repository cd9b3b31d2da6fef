package dev.tidepool.classic;

import java.io.IOException;
import java.net.Socket;

import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections that keep a record.
 */
final class RecordedConnectionFactory implements HttpConnectionFactory<ManagedHttpClientConnection> {

	private final RecordedConnection.Surroundings surroundings;

	RecordedConnectionFactory(RecordedConnection.Surroundings surroundings) {
		this.surroundings = surroundings;
	}

	@Override
	public ManagedHttpClientConnection createConnection(@Nullable Socket socket) throws IOException {
		InputBufferWatch inputBuffer = new InputBufferWatch();
		return new RecordedConnection(ManagedHttpClientConnectionFactory.builder()
			.responseParserFactory(inputBuffer)
			.build()
			.createConnection(socket), inputBuffer, this.surroundings);
	}

}
