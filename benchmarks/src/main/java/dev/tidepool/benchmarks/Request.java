package dev.tidepool.benchmarks;

import java.net.URI;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * The request that is measured.
 *
 * @param exchange what is sent and answered
 * @param uri where to
 * @param certificate what the upstream shows, which nobody else would trust, {@code null}
 * without TLS
 */
record Request(Exchange exchange, URI uri, @Nullable Path certificate) {

	boolean isPost() {
		return this.exchange.isPost();
	}

	/**
	 * What a client needs that is told of TLS by an {@link SSLContext}.
	 * @return the context, {@code null} without TLS
	 */
	@Nullable SSLContext sslContext() {
		return (this.certificate != null) ? SslBundle.of(trust(this.certificate)).createSslContext() : null;
	}

	static PemSslStoreBundle trust(Path certificate) {
		return new PemSslStoreBundle(null, PemSslStoreDetails.forCertificate(certificate.toUri().toString()));
	}

}
