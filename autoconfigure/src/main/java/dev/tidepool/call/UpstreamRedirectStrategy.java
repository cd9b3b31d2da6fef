package dev.tidepool.call;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

import org.apache.hc.client5.http.CircularRedirectException;
import org.apache.hc.client5.http.RedirectException;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.utils.URIUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.protocol.HttpContext;

import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.RequestSyntax;

/**
 * Follows as many redirects as the upstream's settings allow, to http and https only, and
 * never from https to http. What is meant for one origin does not go to another.
 */
public final class UpstreamRedirectStrategy extends DefaultRedirectStrategy {

	// Host is no secret, but another origin's (RFC 9110, 7.2)
	private static final List<String> STAY_HOME = List.of(HttpHeaders.AUTHORIZATION, HttpHeaders.PROXY_AUTHORIZATION,
			HttpHeaders.COOKIE, HttpHeaders.HOST);

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
		int max = upstream.settings().redirect().max();
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

	@Override
	public URI getLocationURI(HttpRequest request, HttpResponse response, HttpContext context)
			throws ProtocolException {
		Upstream upstream = upstream(context);
		Header location = response.getFirstHeader(HttpHeaders.LOCATION);
		URI uri;
		try {
			uri = URIUtils.resolve(request.getUri(), new URI(encoded(location.getValue())).normalize());
		}
		catch (URISyntaxException | IllegalArgumentException ex) {
			throw refused(upstream, response, "is malformed");
		}
		if (!URIScheme.HTTP.same(uri.getScheme()) && !URIScheme.HTTPS.same(uri.getScheme())) {
			throw refused(upstream, response, "leads to another protocol, '%s'".formatted(uri.getScheme()));
		}
		String authority = uri.getRawAuthority();
		if (authority != null && authority.indexOf('@') >= 0) {
			throw refused(upstream, response, "has user-info in it");
		}
		HttpHost host = uri.isOpaque() ? null : URIUtils.extractHost(uri);
		if (host == null || host.getPort() == 0 || !RequestSyntax.isHost(host.getHostName())) {
			throw refused(upstream, response, "names no valid host and port");
		}
		requireNews(uri, upstream, response, HttpClientContext.cast(context));
		return uri;
	}

	// HttpClient looks too, after this, and repeats the whole location
	private static void requireNews(URI uri, Upstream upstream, HttpResponse response, HttpClientContext context)
			throws CircularRedirectException {
		if (!context.getRequestConfigOrDefault().isCircularRedirectsAllowed()
				&& context.getRedirectLocations().contains(uri)) {
			throw new CircularRedirectException(
					"The redirect (%d) by upstream %s leads to where the call has been already"
						.formatted(response.getCode(), upstream));
		}
	}

	// As browsers do with the bytes of other character sets
	private static String encoded(String location) {
		StringBuilder encoded = new StringBuilder(location.length());
		for (int i = 0; i < location.length(); i++) {
			char c = location.charAt(i);
			if (c > '~' && c <= '\u00ff') {
				encoded.append('%').append(Integer.toHexString(c));
			}
			else {
				encoded.append(c);
			}
		}
		return encoded.toString();
	}

	// Without the location, which may hold anything
	private static RedirectException refused(Upstream upstream, HttpResponse response, String why) {
		return new RedirectException("The redirect (%d) by upstream %s cannot be followed: its Location %s"
			.formatted(response.getCode(), upstream, why));
	}

	// HttpClient's own follows no redirect with credentials to another origin, but does
	// from https to http
	@Override
	public boolean isRedirectAllowed(HttpHost current, HttpHost next, HttpRequest redirect, HttpContext context) {
		if (URIScheme.HTTPS.same(current.getSchemeName()) && !URIScheme.HTTPS.same(next.getSchemeName())) {
			return false;
		}
		if (!isSameOrigin(current, next)) {
			staysHome(redirect, upstream(context).settings().redirect().secretHeaders());
		}
		return true;
	}

	// RFC 6454, 5
	private static boolean isSameOrigin(HttpHost one, HttpHost other) {
		return one.getSchemeName().equalsIgnoreCase(other.getSchemeName())
				&& HostPattern.bare(one.getHostName()).equalsIgnoreCase(HostPattern.bare(other.getHostName()))
				&& port(one) == port(other);
	}

	private static int port(HttpHost host) {
		return DefaultSchemePortResolver.INSTANCE.resolve(host.getSchemeName(), host);
	}

	// Of later hops too, which are copies of this request
	private static void staysHome(HttpRequest redirect, List<String> secretHeaders) {
		for (Iterator<Header> headers = redirect.headerIterator(); headers.hasNext();) {
			Header header = headers.next();
			if (header.isSensitive() || contains(STAY_HOME, header.getName())
					|| contains(secretHeaders, header.getName())) {
				headers.remove();
			}
		}
	}

	private static boolean contains(List<String> names, String name) {
		for (String each : names) {
			if (each.equalsIgnoreCase(name)) {
				return true;
			}
		}
		return false;
	}

	private static Upstream upstream(HttpContext context) {
		return Objects.requireNonNull(Call.of(context), "No call in progress").upstream();
	}

}
