package dev.tidepool.classic;

import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.TlsGeneration;

/**
 * The trust and key material that connections are made with. Can be replaced while in
 * use.
 */
public final class TlsIdentity {

	/**
	 * For plain connections. Another would load trust material for nothing.
	 */
	static final TlsIdentity NONE = new TlsIdentity();

	private volatile Material material;

	private TlsIdentity() {
		this.material = new Material(null);
	}

	/**
	 * Create an identity.
	 * @param strategy makes a TLS socket of a connected one
	 */
	public TlsIdentity(TlsSocketStrategy strategy) {
		this.material = new Material(strategy);
	}

	/**
	 * Replace the material. New handshakes use the new one; connections that were made
	 * with the old one leave the pool.
	 * @param strategy makes a TLS socket of a connected one
	 */
	public void replace(TlsSocketStrategy strategy) {
		Material old = this.material;
		this.material = new Material(strategy);
		old.generation().replaced();
	}

	Material material() {
		return this.material;
	}

	/**
	 * Material that belongs together.
	 *
	 * @param operator HttpClient's own way to connect one socket, with this material
	 * @param generation tells connections when it was replaced
	 */
	record Material(HttpClientConnectionOperator operator, TlsGeneration generation) {

		Material(@Nullable TlsSocketStrategy strategy) {
			this(new DefaultHttpClientConnectionOperator(new ChannelSocketFactory(), null, null,
					(scheme) -> URIScheme.HTTPS.same(scheme) ? strategy : null), new TlsGeneration());
		}

	}

}
