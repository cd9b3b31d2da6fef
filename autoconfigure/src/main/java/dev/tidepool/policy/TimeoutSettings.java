package dev.tidepool.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The bound of each phase of a call.
 *
 * @param connect to connect, over all addresses of the host together
 * @param tlsHandshake for the TLS handshake
 * @param response from the request sent to the response head complete
 * @param read longest silence within a response body
 * @param call for everything together, or {@code null} for as long as it takes
 */
public record TimeoutSettings(Duration connect, Duration tlsHandshake, Duration response, Duration read,
		@Nullable Duration call) {

	public static final TimeoutSettings DEFAULTS = new TimeoutSettings(Duration.ofSeconds(2), Duration.ofSeconds(5),
			Duration.ofSeconds(30), Duration.ofSeconds(30), null);

	public TimeoutSettings {
		Durations.requirePositive("connect", connect);
		Durations.requirePositive("tls-handshake", tlsHandshake);
		Durations.requirePositive("response", response);
		Durations.requirePositive("read", read);
		if (call != null) {
			Durations.requirePositive("call", call);
		}
	}

}
