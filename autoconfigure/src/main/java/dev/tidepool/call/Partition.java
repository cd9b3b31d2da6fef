package dev.tidepool.call;

import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.UpstreamSettings;

/**
 * What keeps callers from sharing connections although they call the same upstream: the
 * TLS identity and the address filter. Compared by identity: there is one object for each
 * combination in use.
 */
public final class Partition {

	private final @Nullable TlsIdentity tls;

	private final DnsResolver dnsResolver;

	/**
	 * Create a partition.
	 * @param tls the TLS identity, or {@code null} for the upstream's
	 * @param dnsResolver resolves, and refuses the addresses that are filtered
	 */
	public Partition(@Nullable TlsIdentity tls, DnsResolver dnsResolver) {
		this.tls = tls;
		this.dnsResolver = dnsResolver;
	}

	/**
	 * The TLS identity of a call to one of its upstreams.
	 * @param upstreamTls the identity of each upstream
	 * @param upstream the settings of the upstream
	 * @return the caller's own identity, else the upstream's
	 */
	public TlsIdentity tls(UpstreamTls upstreamTls, UpstreamSettings upstream) {
		return (this.tls != null) ? this.tls : upstreamTls.of(upstream);
	}

	public DnsResolver dnsResolver() {
		return this.dnsResolver;
	}

}
