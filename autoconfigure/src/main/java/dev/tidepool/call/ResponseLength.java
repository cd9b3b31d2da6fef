package dev.tidepool.call;

import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * How long the body of a response is (RFC 9112, 6.3): no length that could be read in two
 * ways.
 */
public final class ResponseLength implements ContentLengthStrategy {

	public static final ResponseLength INSTANCE = new ResponseLength();

	// Not more than a long has
	private static final int MAX_DIGITS = 18;

	private ResponseLength() {
	}

	@Override
	public long determineLength(@Nullable HttpMessage message) throws HttpException {
		if (message == null) {
			throw new ProtocolException("No response");
		}
		Header coding = message.getFirstHeader(HttpHeaders.TRANSFER_ENCODING);
		if (coding != null) {
			return chunked(message, coding);
		}
		Header length = message.getFirstHeader(HttpHeaders.CONTENT_LENGTH);
		if (length == null) {
			return UNDEFINED;
		}
		if (message.countHeaders(HttpHeaders.CONTENT_LENGTH) > 1) {
			throw new ProtocolException("A response has more than one Content-Length");
		}
		return length(length.getValue());
	}

	// 6.1: any other coding than the last that is there is not understood, and one in an
	// HTTP/1.0 message is faulty
	private static long chunked(HttpMessage message, Header coding) throws ProtocolException {
		ProtocolVersion version = message.getVersion();
		if (version != null && version.lessEquals(HttpVersion.HTTP_1_0)) {
			throw new ProtocolException("A response of HTTP/1.0 has a Transfer-Encoding");
		}
		if (message.countHeaders(HttpHeaders.TRANSFER_ENCODING) > 1 || !"chunked".equalsIgnoreCase(coding.getValue())) {
			throw new ProtocolException("A response has a Transfer-Encoding that is not 'chunked' alone");
		}
		return CHUNKED;
	}

	private static long length(@Nullable String value) throws ProtocolException {
		if (value == null || value.isEmpty() || value.length() > MAX_DIGITS || !isDigits(value)) {
			throw new ProtocolException("A response has no valid Content-Length");
		}
		return Long.parseLong(value);
	}

	// No sign, which parsing it would take
	private static boolean isDigits(String value) {
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) < '0' || value.charAt(i) > '9') {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether a message says two things of its length. It is read as 6.3 says, but
	 * whatever follows on its connection may not be what it seems.
	 * @param message the response
	 * @return whether it has a Content-Length beside a Transfer-Encoding
	 */
	static boolean isAmbiguous(HttpMessage message) {
		return message.containsHeader(HttpHeaders.TRANSFER_ENCODING)
				&& message.containsHeader(HttpHeaders.CONTENT_LENGTH);
	}

}
