package dev.tidepool.call;

import org.apache.hc.client5.http.RedirectException;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.protocol.HttpContext;

import dev.tidepool.connection.Upstream;

/**
 * Follows as many redirects as the upstream's settings allow.
 */
public final class UpstreamRedirectStrategy extends DefaultRedirectStrategy {

	@Override
	public boolean isRedirected(HttpRequest request, HttpResponse response, HttpContext context)
			throws ProtocolException {
		Call call = Call.of(context);
		if (call == null || !super.isRedirected(request, response, context)) {
			return false;
		}
		if (!call.isBodyRepeatable() && keepsBody(request, response)) {
			return false;
		}
		Upstream upstream = call.upstream();
		int max = upstream.settings().maxRedirects();
		int followed = HttpClientContext.cast(context).getRedirectLocations().size();
		if (max > 0 && followed >= max) {
			throw new RedirectException("More than %d redirects, the last by upstream %s (%s)".formatted(max, upstream,
					upstream.property("redirect.max")));
		}
		return max > 0;
	}

	// RFC 9110, 15.4; HttpClient makes a GET of a POST only
	private static boolean keepsBody(HttpRequest request, HttpResponse response) {
		return switch (response.getCode()) {
			case HttpStatus.SC_SEE_OTHER -> false;
			case HttpStatus.SC_MOVED_PERMANENTLY, HttpStatus.SC_MOVED_TEMPORARILY ->
				!Method.POST.isSame(request.getMethod());
			default -> true;
		};
	}

}
