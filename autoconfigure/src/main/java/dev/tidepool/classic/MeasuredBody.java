package dev.tidepool.classic;

import java.io.IOException;
import java.io.OutputStream;

import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

import dev.tidepool.connection.CloseReason;

/**
 * A small request body that has to be as long as it says.
 */
final class MeasuredBody extends HttpEntityWrapper {

	private final RecordedConnection connection;

	/**
	 * Create a body.
	 * @param body the body
	 * @param connection closed if it is cut short, before HttpClient writes what it holds
	 */
	MeasuredBody(HttpEntity body, RecordedConnection connection) {
		super(body);
		this.connection = connection;
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		MeasuredOutput measured = new MeasuredOutput(out, getContentLength());
		boolean complete = false;
		try {
			super.writeTo(measured);
			measured.requireNothingMissing();
			complete = true;
		}
		finally {
			if (!complete) {
				this.connection.giveUp(CloseReason.ERROR);
			}
		}
	}

}
