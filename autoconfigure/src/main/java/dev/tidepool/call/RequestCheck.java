package dev.tidepool.call;

import java.util.Iterator;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.net.URIAuthority;

import dev.tidepool.policy.RequestSyntax;

/**
 * Refuses a request that would become another one on the wire: HttpClient replaces some
 * characters, in silence, and writes others as they are.
 */
public final class RequestCheck {

	private RequestCheck() {
	}

	/**
	 * Check a request before a connection is taken for it.
	 * @param request the request
	 * @throws IllegalArgumentException if its method, its URL or one of its headers has
	 * characters that must not be there. Never says which value a header has.
	 */
	public static void require(HttpRequest request) {
		if (!RequestSyntax.isToken(request.getMethod())) {
			throw new IllegalArgumentException("The request method is no token (RFC 9110, 5.6.2)");
		}
		URIAuthority authority = request.getAuthority();
		if (authority != null && !RequestSyntax.isHost(authority.getHostName())) {
			throw new IllegalArgumentException("The host of the request URL has characters that no host can have");
		}
		String target = request.getPath();
		if (target != null && !RequestSyntax.isTarget(target)) {
			throw new IllegalArgumentException(
					"The path or query of the request URL to %s has spaces, control or non-ASCII characters, which must be percent-encoded"
						.formatted((authority != null) ? authority.getHostName() : null));
		}
		for (Iterator<Header> headers = request.headerIterator(); headers.hasNext();) {
			require(headers.next());
		}
	}

	private static void require(Header header) {
		String name = header.getName();
		if (!RequestSyntax.isToken(name)) {
			throw new IllegalArgumentException(
					"A request header has a name that is no token (RFC 9110, 5.6.2): '%s'".formatted(printable(name)));
		}
		String value = header.getValue();
		if (value != null && !RequestSyntax.isHeaderValue(value)) {
			throw new IllegalArgumentException(
					"The value of request header '%s' has control characters, or characters outside ISO-8859-1 (RFC 9110, 5.5)"
						.formatted(name));
		}
	}

	// What looks like a name up to the first character that does not
	private static String printable(String name) {
		int end = RequestSyntax.tokenEnd(name);
		return name.substring(0, end) + ((end < name.length()) ? "..." : "");
	}

}
