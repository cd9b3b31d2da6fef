package dev.tidepool.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.support.HttpComponentsHeadersAdapter;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.tidepool.async.ReceivedBody;

/**
 * A response as WebClient wants it. Its body can be released without being read, which
 * Spring knows no way to ask for: {@link #releasing} does, through the context.
 */
final class PooledClientResponse implements ClientHttpResponse {

	private static final Object UNWANTED = PooledClientResponse.class;

	private final HttpStatusCode status;

	private final HttpHeaders headers;

	private final MultiValueMap<String, ResponseCookie> cookies;

	private final Flux<DataBuffer> body;

	PooledClientResponse(HttpResponse response, @Nullable ReceivedBody body, HttpClientContext context) {
		this.status = HttpStatusCode.valueOf(response.getCode());
		this.headers = HttpHeaders.readOnlyHttpHeaders(new HttpHeaders(new HttpComponentsHeadersAdapter(response)));
		this.cookies = cookies(response, context);
		this.body = (body != null) ? body(body) : Flux.empty();
	}

	/**
	 * Have what reads a body release it instead.
	 * @param reading what would read it and make nothing of it
	 * @return what completes when the connection is free for the next call or was given
	 * up
	 */
	static <T> Mono<T> releasing(Mono<T> reading) {
		return reading.contextWrite((context) -> context.put(UNWANTED, true));
	}

	private static Flux<DataBuffer> body(ReceivedBody body) {
		return Flux.deferContextual((context) -> context.hasKey(UNWANTED) ? body.release().thenMany(Flux.empty())
				: Flux.from(body).map(DefaultDataBufferFactory.sharedInstance::wrap));
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return this.status;
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public MultiValueMap<String, ResponseCookie> getCookies() {
		return this.cookies;
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return this.body;
	}

	private static MultiValueMap<String, ResponseCookie> cookies(HttpResponse response, HttpClientContext context) {
		LinkedMultiValueMap<String, ResponseCookie> result = new LinkedMultiValueMap<>();
		CookieSpec spec = context.getCookieSpec();
		CookieOrigin origin = context.getCookieOrigin();
		if (spec == null || origin == null) {
			return result;
		}
		for (Iterator<Header> headers = response.headerIterator(HttpHeaders.SET_COOKIE); headers.hasNext();) {
			for (ResponseCookie cookie : cookies(spec, headers.next(), origin)) {
				result.add(cookie.getName(), cookie);
			}
		}
		return result;
	}

	// What is malformed is no cookie (RFC 6265, 5.2); Spring refuses more of them than
	// HttpClient, such as those with a blank in the value
	private static List<ResponseCookie> cookies(CookieSpec spec, Header header, CookieOrigin origin) {
		try {
			List<ResponseCookie> cookies = new ArrayList<>();
			for (Cookie cookie : spec.parse(header, origin)) {
				spec.validate(cookie, origin);
				cookies.add(cookie(cookie));
			}
			return cookies;
		}
		catch (MalformedCookieException | IllegalArgumentException ex) {
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
