package dev.tidepool.classic;

import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;

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

	@Nullable TlsIdentity tls() {
		return this.tls;
	}

	DnsResolver dnsResolver() {
		return this.dnsResolver;
	}

}
