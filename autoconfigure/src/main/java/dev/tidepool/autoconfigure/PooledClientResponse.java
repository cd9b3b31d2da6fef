package dev.tidepool.autoconfigure;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;

import org.apache.hc.client5.http.cookie.Cookie;
import org.apache.hc.client5.http.cookie.CookieOrigin;
import org.apache.hc.client5.http.cookie.CookieSpec;
import org.apache.hc.client5.http.cookie.MalformedCookieException;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.AbstractClientHttpResponse;
import org.springframework.http.support.HttpComponentsHeadersAdapter;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;

/**
 * A response as WebClient wants it.
 */
final class PooledClientResponse extends AbstractClientHttpResponse {

	private PooledClientResponse(HttpStatusCode status, HttpHeaders headers,
			MultiValueMap<String, ResponseCookie> cookies, Flux<DataBuffer> body) {
		super(status, headers, cookies, body);
	}

	static PooledClientResponse of(HttpResponse response, @Nullable Publisher<ByteBuffer> body,
			HttpClientContext context) {
		return new PooledClientResponse(HttpStatusCode.valueOf(response.getCode()),
				HttpHeaders.readOnlyHttpHeaders(new HttpHeaders(new HttpComponentsHeadersAdapter(response))),
				cookies(response, context),
				(body != null) ? Flux.from(body).map(DefaultDataBufferFactory.sharedInstance::wrap) : Flux.empty());
	}

	private static MultiValueMap<String, ResponseCookie> cookies(HttpResponse response, HttpClientContext context) {
		LinkedMultiValueMap<String, ResponseCookie> result = new LinkedMultiValueMap<>();
		CookieSpec spec = context.getCookieSpec();
		CookieOrigin origin = context.getCookieOrigin();
		if (spec == null || origin == null) {
			return result;
		}
		for (Iterator<Header> headers = response.headerIterator(HttpHeaders.SET_COOKIE); headers.hasNext();) {
			for (Cookie cookie : parse(spec, headers.next(), origin)) {
				result.add(cookie.getName(), cookie(cookie));
			}
		}
		return result;
	}

	// What is malformed is no cookie (RFC 6265, 5.2)
	private static List<Cookie> parse(CookieSpec spec, Header header, CookieOrigin origin) {
		try {
			List<Cookie> cookies = spec.parse(header, origin);
			for (Cookie cookie : cookies) {
				spec.validate(cookie, origin);
			}
			return cookies;
		}
		catch (MalformedCookieException ex) {
			return List.of();
		}
	}

	private static ResponseCookie cookie(Cookie cookie) {
		return ResponseCookie.fromClientResponse(cookie.getName(), cookie.getValue())
			.domain(cookie.getDomain())
			.path(cookie.getPath())
			.maxAge(maxAge(cookie))
			.secure(cookie.isSecure())
			.httpOnly(cookie.containsAttribute("httponly"))
			.sameSite(cookie.getAttribute("samesite"))
			.build();
	}

	// Negative for as long as the session
	private static Duration maxAge(Cookie cookie) {
		Instant expiry = cookie.getExpiryInstant();
		if (expiry == null) {
			return Duration.ofSeconds(-1);
		}
		Duration left = Duration.between(Instant.now(), expiry);
		return left.isNegative() ? Duration.ZERO : left;
	}

}
