package dev.tidepool.classic;

import java.io.IOException;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.DeadlineWatch;

/**
 * Sends the bodies of a connection's requests, one after the other, and reads what may
 * answer them while they are sent.
 */
final class RequestSender {

	// Fits into the buffers on its way, so that writing it waits for nobody
	private static final int SMALL = 8 * 1024;

	private final HttpClientConnection connection;

	private final RecordedConnection recorded;

	private final DeadlineWatch deadlines;

	private @Nullable RequestBody body;

	private boolean answered;

	/**
	 * Create a sender.
	 * @param connection HttpClient's own, which it sends with
	 * @param recorded what is told how sending ends
	 * @param deadlines looks for a response meanwhile
	 */
	RequestSender(HttpClientConnection connection, RecordedConnection recorded, DeadlineWatch deadlines) {
		this.connection = connection;
		this.recorded = recorded;
		this.deadlines = deadlines;
	}

	void exchangeStarts() {
		this.body = null;
		this.answered = false;
	}

	/**
	 * Send the body of a request, whose head was sent.
	 * @param request the request
	 */
	void send(ClassicHttpRequest request) throws HttpException, IOException {
		HttpEntity body = request.getEntity();
		if (this.answered) {
			// Nobody waits for it
			this.recorded.endOutput();
		}
		else if (body == null) {
			this.connection.sendRequestEntity(request);
		}
		else {
			send(request, body);
		}
	}

	private void send(ClassicHttpRequest request, HttpEntity body) throws HttpException, IOException {
		boolean measured = body.getContentLength() >= 0 && !body.isChunked();
		try {
			if (measured && body.getContentLength() <= SMALL) {
				request.setEntity(new MeasuredBody(body, this.recorded));
				this.connection.sendRequestEntity(request);
			}
			else {
				sendListening(request, new RequestBody(body, measured, this.recorded, this.deadlines));
			}
		}
		finally {
			request.setEntity(body);
		}
	}

	private void sendListening(ClassicHttpRequest request, RequestBody body) throws HttpException, IOException {
		this.body = body;
		request.setEntity(body);
		try {
			this.connection.sendRequestEntity(request);
		}
		catch (IOException | RuntimeException ex) {
			if (!body.isCutShort()) {
				throw ex;
			}
		}
		finally {
			body.ends();
		}
	}

	/**
	 * The next response head.
	 * @return the head
	 */
	ClassicHttpResponse receive() throws HttpException, IOException {
		RequestBody body = this.body;
		ClassicHttpResponse response = (body != null) ? body.receive() : this.recorded.receiveHead();
		this.answered = response.getCode() >= HttpStatus.SC_OK;
		return response;
	}

}
