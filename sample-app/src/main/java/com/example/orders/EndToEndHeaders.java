package com.example.orders;

import java.util.List;

import org.springframework.http.HttpHeaders;

/**
 * Headers that a proxy passes on: all but those that are meant for the connection that
 * they came on (RFC 9110, 7.6.1 and 11.7). Trailers are not passed on, so neither is
 * their announcement.
 */
final class EndToEndHeaders {

	private static final List<String> HOP_BY_HOP = List.of(HttpHeaders.CONNECTION, "Keep-Alive", "Proxy-Connection",
			HttpHeaders.PROXY_AUTHENTICATE, HttpHeaders.PROXY_AUTHORIZATION, HttpHeaders.TE, HttpHeaders.TRAILER,
			HttpHeaders.TRANSFER_ENCODING, HttpHeaders.UPGRADE);

	private EndToEndHeaders() {
	}

	static HttpHeaders of(HttpHeaders headers) {
		HttpHeaders passed = new HttpHeaders();
		passed.addAll(headers);
		headers.getConnection().forEach(passed::remove);
		HOP_BY_HOP.forEach(passed::remove);
		return passed;
	}

}
