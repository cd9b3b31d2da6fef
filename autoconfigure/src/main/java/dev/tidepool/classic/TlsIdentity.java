package dev.tidepool.classic;

import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;

/**
 * The trust and key material that connections are made with.
 */
public final class TlsIdentity {

	private final HttpClientConnectionOperator operator;

	/**
	 * Create an identity.
	 * @param strategy makes a TLS socket of a connected one
	 */
	public TlsIdentity(TlsSocketStrategy strategy) {
		this.operator = new DefaultHttpClientConnectionOperator(new ChannelSocketFactory(), null, null,
				(scheme) -> URIScheme.HTTPS.same(scheme) ? strategy : null);
	}

	/**
	 * HttpClient's own way to connect one socket, with this identity.
	 * @return the operator
	 */
	HttpClientConnectionOperator operator() {
		return this.operator;
	}

}
