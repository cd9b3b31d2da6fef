package dev.tidepool.classic;

import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.Sweeper;

/**
 * Makes connections that keep a record.
 */
final class RecordedConnectionFactory implements HttpConnectionFactory<ManagedHttpClientConnection> {

	private final AtomicLong counter = new AtomicLong();

	private final NanoClock clock;

	private final Sweeper sweeper;

	RecordedConnectionFactory(NanoClock clock, Sweeper sweeper) {
		this.clock = clock;
		this.sweeper = sweeper;
	}

	@Override
	public ManagedHttpClientConnection createConnection(@Nullable Socket socket) {
		// The connection manager never passes a socket
		return new RecordedConnection("tidepool-" + this.counter.getAndIncrement(), this.clock, this.sweeper);
	}

}
