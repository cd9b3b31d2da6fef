package dev.tidepool.policy;

/**
 * What may stand in a message without changing the bytes around it. On the path of each
 * call: loops over characters that allocate nothing.
 */
public final class RequestSyntax {

	private static final boolean[] TOKEN = new boolean[128];

	private static final boolean[] HOST = new boolean[128];

	static {
		// RFC 9110, 5.6.2
		"!#$%&'*+-.^_`|~0123456789".chars().forEach((c) -> TOKEN[c] = true);
		// RFC 3986, 3.2.2, without percent-encoding; an IPv6 address may name its zone
		"!$&'()*+,;=-._~:%[]0123456789".chars().forEach((c) -> HOST[c] = true);
		for (char c = 'a'; c <= 'z'; c++) {
			TOKEN[c] = true;
			HOST[c] = true;
			TOKEN[Character.toUpperCase(c)] = true;
			HOST[Character.toUpperCase(c)] = true;
		}
	}

	private RequestSyntax() {
	}

	/**
	 * Whether a text can be a method or the name of a header (RFC 9110, 5.6.2).
	 * @param text the text
	 * @return whether it is a token
	 */
	public static boolean isToken(String text) {
		return !text.isEmpty() && tokenEnd(text) == text.length();
	}

	/**
	 * Where the token at the beginning of a text ends.
	 * @param text the text
	 * @return the index of the first character that no token has, or the length
	 */
	public static int tokenEnd(CharSequence text) {
		return end(text, TOKEN);
	}

	/**
	 * Whether a text can be a host, which is no more than that each of its characters
	 * can.
	 * @param text the text
	 * @return whether it is neither empty nor has other characters
	 */
	public static boolean isHost(String text) {
		return !text.isEmpty() && end(text, HOST) == text.length();
	}

	private static int end(CharSequence text, boolean[] allowed) {
		int end = 0;
		for (char c; end < text.length() && (c = text.charAt(end)) < allowed.length && allowed[c];) {
			end++;
		}
		return end;
	}

	/**
	 * Whether a text can be the value of a header (RFC 9110, 5.5). What has no place in
	 * ISO-8859-1 would become another character on the wire.
	 * @param text the text
	 * @return whether it has neither control characters but tabs, nor such
	 */
	public static boolean isHeaderValue(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if ((c < ' ' && c != '\t') || (c > '~' && c < '\u00a0') || c > '\u00ff') {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether a text can be the path and query of a request (RFC 9112, 3.2).
	 * @param text the text
	 * @return whether it has visible ASCII characters only
	 */
	public static boolean isTarget(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c <= ' ' || c > '~') {
				return false;
			}
		}
		return true;
	}

}
