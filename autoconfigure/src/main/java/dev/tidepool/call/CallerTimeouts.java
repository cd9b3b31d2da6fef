package dev.tidepool.call;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.Upstream;

/**
 * The time-outs that one caller set for itself, which go before the upstream's.
 *
 * @param connect to connect, or {@code null} for the upstream's
 * @param read to wait for the response and within its body, or {@code null}
 */
public record CallerTimeouts(@Nullable Duration connect, @Nullable Duration read) {

	public static final CallerTimeouts NONE = new CallerTimeouts(null, null);

	/**
	 * How Boot's own properties, which set a caller's time-outs, are named in messages.
	 */
	private static final String OF_THE_CALLER = "the caller's own settings, such as spring.http.clients.";

	public Duration connect(Upstream upstream) {
		return (this.connect != null) ? this.connect : upstream.settings().timeout().connect();
	}

	public String connectProperty(Upstream upstream) {
		return (this.connect != null) ? OF_THE_CALLER + "connect-timeout" : upstream.property("timeout.connect");
	}

	public Duration response(Upstream upstream) {
		return (this.read != null) ? this.read : upstream.settings().timeout().response();
	}

	public String responseProperty(Upstream upstream) {
		return (this.read != null) ? OF_THE_CALLER + "read-timeout" : upstream.property("timeout.response");
	}

	public Duration read(Upstream upstream) {
		return (this.read != null) ? this.read : upstream.settings().timeout().read();
	}

	public String readProperty(Upstream upstream) {
		return (this.read != null) ? OF_THE_CALLER + "read-timeout" : upstream.property("timeout.read");
	}

}
