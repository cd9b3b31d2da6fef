package dev.tidepool.policy;

import java.time.Duration;

/**
 * The bound of each phase of a call.
 *
 * @param connect to connect, over all addresses of the host together
 * @param tlsHandshake longest silence of the upstream during the TLS handshake
 * @param response longest silence from the request sent to the response head
 * @param read longest silence within a response body
 */
public record TimeoutSettings(Duration connect, Duration tlsHandshake, Duration response, Duration read) {

	public static final TimeoutSettings DEFAULTS = new TimeoutSettings(Duration.ofSeconds(2), Duration.ofSeconds(5),
			Duration.ofSeconds(30), Duration.ofSeconds(30));

	public TimeoutSettings {
		Durations.requirePositive("connect", connect);
		Durations.requirePositive("tls-handshake", tlsHandshake);
		Durations.requirePositive("response", response);
		Durations.requirePositive("read", read);
	}

}
