package dev.tidepool.testsupport;

import javax.net.ssl.SSLContext;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * Certificates, each trusted by nobody but its own bundle.
 */
public final class TestTls {

	private TestTls() {
	}

	/**
	 * A server's side of a certificate.
	 * @param name {@code first}, {@code second}, or {@code elsewhere}, which is not for
	 * localhost
	 * @return the context
	 */
	public static SSLContext server(String name) {
		return SslBundle
			.of(new PemSslStoreBundle(
					PemSslStoreDetails.forCertificate(crt(name)).withPrivateKey("classpath:tls/" + name + ".key"),
					null))
			.createSslContext();
	}

	/**
	 * The property that makes a bundle trust a certificate.
	 * @param bundle the name of the bundle
	 * @param name {@code first}, {@code second}, or {@code elsewhere}, which is not for
	 * localhost
	 * @return name and value
	 */
	public static String trustProperty(String bundle, String name) {
		return "spring.ssl.bundle.pem." + bundle + ".truststore.certificate=" + crt(name);
	}

	private static String crt(String name) {
		return "classpath:tls/" + name + ".crt";
	}

}
