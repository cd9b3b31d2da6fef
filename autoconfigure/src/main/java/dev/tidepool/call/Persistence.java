package dev.tidepool.call;

import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HeaderElements;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Whether an exchange leaves its connection open (RFC 9112, 9.3). HttpClient reads what
 * the messages say; for nearly all of them, which say nothing that HTTP/1.1 does not mean
 * anyway, a look is enough, and no list of options is made.
 */
final class Persistence {

	private Persistence() {
	}

	static boolean isPersistent(HttpRequest request, HttpResponse response, HttpContext context) {
		return isPlain(request, response)
				|| (DefaultClientConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context)
						&& !ResponseLength.isAmbiguous(response));
	}

	private static boolean isPlain(HttpRequest request, HttpResponse response) {
		return HttpVersion.HTTP_1_1.equals(response.getVersion()) && response.getCode() != HttpStatus.SC_NO_CONTENT
				&& response.countHeaders(HttpHeaders.CONTENT_LENGTH) == 1
				&& !response.containsHeader(HttpHeaders.TRANSFER_ENCODING)
				&& !response.containsHeader("Proxy-Connection") && saysNothingElse(response)
				&& !request.containsHeader(HttpHeaders.TRANSFER_ENCODING) && saysNothingElse(request);
	}

	private static boolean saysNothingElse(HttpMessage message) {
		Header connection = message.getFirstHeader(HttpHeaders.CONNECTION);
		return connection == null || (HeaderElements.KEEP_ALIVE.equalsIgnoreCase(connection.getValue())
				&& message.countHeaders(HttpHeaders.CONNECTION) == 1);
	}

}
