package dev.tidepool.classic;

import java.io.IOException;
import java.io.OutputStream;

import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

import dev.tidepool.connection.CloseReason;

/**
 * A request body that is sent in chunks. HttpClient writes the last chunk even if the
 * body fails half-way, by which the request would look complete (RFC 9112, 8); here the
 * connection is gone before.
 */
final class ChunkedBody extends HttpEntityWrapper {

	private final RecordedConnection connection;

	ChunkedBody(HttpEntity body, RecordedConnection connection) {
		super(body);
		this.connection = connection;
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		boolean complete = false;
		try {
			super.writeTo(out);
			complete = true;
		}
		finally {
			if (!complete) {
				this.connection.giveUp(CloseReason.ERROR);
			}
		}
	}

}
