package dev.tidepool.call;

import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;

import dev.tidepool.connection.TlsGeneration;

/**
 * The trust and key material that connections are made with. Can be replaced while in
 * use.
 */
public final class TlsIdentity {

	private volatile Material material;

	/**
	 * Create an identity.
	 * @param strategy secures a connected socket, blocking or not
	 */
	public TlsIdentity(DefaultClientTlsStrategy strategy) {
		this.material = new Material(strategy, new TlsGeneration());
	}

	/**
	 * Replace the material. New handshakes use the new one; connections that were made
	 * with the old one leave the pool.
	 * @param strategy secures a connected socket, blocking or not
	 */
	public void replace(DefaultClientTlsStrategy strategy) {
		Material old = this.material;
		this.material = new Material(strategy, new TlsGeneration());
		old.generation().replaced();
	}

	public Material material() {
		return this.material;
	}

	/**
	 * Material that belongs together.
	 *
	 * @param strategy secures a connected socket
	 * @param generation tells connections when it was replaced
	 */
	public record Material(DefaultClientTlsStrategy strategy, TlsGeneration generation) {

	}

}
