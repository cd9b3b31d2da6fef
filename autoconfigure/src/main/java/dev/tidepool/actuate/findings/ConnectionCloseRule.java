package dev.tidepool.actuate.findings;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CloseReason;

/**
 * The upstream ends connections with its responses, so that few can be used again.
 */
final class ConnectionCloseRule implements UpstreamRule {

	/**
	 * Of one address. Fewer in five minutes cost nothing, and are the error responses of
	 * a bad minute.
	 */
	static final int MIN_RESPONSES = 100;

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
		if (ended < (long) MIN_RESPONSES * evidence.addresses() || ended < MIN_SHARE * calls) {
			return null;
		}
		return evidence.finding("connection-close",
				"%s of the responses of %s (%d) were the last of their connection, by Connection: close in them or in the request, or by a body without length, so that each call after them pays for a new one: have the upstream, or the proxy before it, keep connections alive"
					.formatted(Text.share(ended, calls), evidence.upstream(), ended));
	}

}
