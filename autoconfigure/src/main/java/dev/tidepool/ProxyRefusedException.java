package dev.tidepool;

import java.io.IOException;
import java.io.Serial;

/**
 * A proxy refused to open a tunnel to an upstream. The upstream saw nothing of the call,
 * and nothing of what the proxy sent is handed on but the status: it is not the
 * upstream's answer. Reaches callers of RestClient as the cause of a
 * {@code ResourceAccessException}, and those of WebClient as that of a
 * {@code WebClientRequestException}.
 * <p>
 * A status of {@code tidepool.retry.statuses} (429, 502, 503 and 504, unless set) is
 * repeated before, whatever the method, as any connection that did not come about. Others
 * never are, 403 and 407 among them.
 *
 * @serial exclude
 */
public final class ProxyRefusedException extends IOException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String proxy;

	private final String upstream;

	private final int statusCode;

	/**
	 * Create an exception.
	 * @param message what happened, and what to do
	 * @param proxy the proxy, as {@code host:port}
	 * @param upstream name of the upstream
	 * @param statusCode the status that the proxy answered with
	 */
	public ProxyRefusedException(String message, String proxy, String upstream, int statusCode) {
		super(message);
		this.proxy = proxy;
		this.upstream = upstream;
		this.statusCode = statusCode;
	}

	/**
	 * The proxy that refused.
	 * @return {@code host:port}, without credentials
	 */
	public String getProxy() {
		return this.proxy;
	}

	/**
	 * The upstream that was called.
	 * @return its configured name, else {@code host:port}
	 */
	public String getUpstream() {
		return this.upstream;
	}

	/**
	 * What the proxy answered.
	 * @return the HTTP status, such as 407
	 */
	public int getStatusCode() {
		return this.statusCode;
	}

}
