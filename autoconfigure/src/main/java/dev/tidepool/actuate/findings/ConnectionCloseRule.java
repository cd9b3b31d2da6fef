package dev.tidepool.actuate.findings;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CloseReason;

/**
 * The upstream ends connections with its responses, so that few can be used again.
 */
final class ConnectionCloseRule implements UpstreamRule {

	/**
	 * Fewer are the error responses of a bad minute.
	 */
	static final int MIN_RESPONSES = 20;

	/**
	 * Of all calls. Servers with a request limit of their own announce the last one like
	 * this, at most after every tenth.
	 */
	static final double MIN_SHARE = 0.2;

	@Override
	public @Nullable Finding check(Evidence evidence) {
		Window window = evidence.window();
		long ended = window.closed(CloseReason.CONNECTION_CLOSE);
		long calls = window.calls();
		if (ended < MIN_RESPONSES || ended < MIN_SHARE * calls) {
			return null;
		}
		return evidence.finding("connection-close",
				"%s ended the connection with %s of its responses (%d), by Connection: close or a body without length, so that each call after them pays for a new one: have it, or the proxy before it, keep connections alive"
					.formatted(evidence.upstream(), Text.share(ended, calls), ended));
	}

}
