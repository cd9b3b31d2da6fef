package dev.tidepool.security;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What must be shown nowhere: one mark for each kind of secret, so that one that is found
 * says what has leaked.
 */
final class Marks {

	static final String AUTHORIZATION = mark("authorization");

	static final String COOKIE = mark("cookie");

	static final String API_KEY = mark("api-key");

	static final String QUERY = mark("query");

	static final String USER_INFO = mark("user-info");

	static final String BAD_HEADER = mark("bad-header");

	static final String REQUEST_BODY = mark("request-body");

	static final String SET_COOKIE = mark("set-cookie");

	static final String RESPONSE_HEADER = mark("response-header");

	static final String RESPONSE_BODY = mark("response-body");

	static final String LOCATION = mark("location");

	static final String PROXY_USER = mark("proxy-user");

	static final String PROXY_PASSWORD = mark("proxy-password");

	static final String PROXY_ANSWER = mark("proxy-answer");

	static final String KEY_PASSWORD = mark("key-password");

	private static final String START = "marked-";

	private Marks() {
	}

	private static String mark(String name) {
		return START + name;
	}

	/**
	 * The proxy's credentials as they are sent.
	 */
	static String basic() {
		return Base64.getEncoder()
			.encodeToString((PROXY_USER + ":" + PROXY_PASSWORD).getBytes(StandardCharsets.ISO_8859_1));
	}

	/**
	 * The places at which a text has a mark.
	 * @param text what is shown
	 * @return some of what is around each
	 */
	static List<String> in(String text) {
		List<String> found = new ArrayList<>();
		for (String sign : List.of(START, basic())) {
			for (int at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
				found.add(text.substring(Math.max(0, at - 100), Math.min(text.length(), at + 60)));
			}
		}
		return found;
	}

}
