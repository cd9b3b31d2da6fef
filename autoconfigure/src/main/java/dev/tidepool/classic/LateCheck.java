package dev.tidepool.classic;

import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.RequestCheck;

/**
 * Checks a request once more after the interceptors that customizers have added, which
 * HttpClient runs when there is a connection already.
 */
final class LateCheck implements HttpRequestInterceptor {

	static final LateCheck INSTANCE = new LateCheck();

	private LateCheck() {
	}

	@Override
	public void process(HttpRequest request, @Nullable EntityDetails body, HttpContext context) {
		RequestCheck.require(request);
		int lengths = request.countHeaders(HttpHeaders.CONTENT_LENGTH);
		int encodings = request.countHeaders(HttpHeaders.TRANSFER_ENCODING);
		// RFC 9112, 6.1 and 6.3
		if (lengths + encodings > 1 || (encodings == 1 && body == null)) {
			throw new IllegalArgumentException(
					"An interceptor has set Content-Length or Transfer-Encoding, which only the body may say");
		}
	}

}
