package dev.tidepool.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
	 * localhost, or {@code hosts}, which is for any host of {@code hosts.test}, or
	 * {@code expired}, which {@code authority} has signed
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
	 * What trusts a certificate, and nothing else.
	 * @param name the certificate
	 * @return the bundle
	 */
	public static SslBundle trusting(String name) {
		return SslBundle.of(new PemSslStoreBundle(null, PemSslStoreDetails.forCertificate(crt(name))));
	}

	/**
	 * The property that makes a bundle trust a certificate.
	 * @param bundle the name of the bundle
	 * @param name {@code first}, {@code second}, or {@code elsewhere}, which is not for
	 * localhost, or {@code hosts}, which is for any host of {@code hosts.test}, or
	 * {@code expired}, which {@code authority} has signed
	 * @return name and value
	 */
	public static String trustProperty(String bundle, String name) {
		return "spring.ssl.bundle.pem." + bundle + ".truststore.certificate=" + crt(name);
	}

	/**
	 * Copy certificate and key to where a process can read them.
	 * @param name the certificate
	 * @param folder the folder
	 */
	static void copy(String name, Path folder) throws IOException {
		for (String file : List.of(name + ".crt", name + ".key")) {
			try (InputStream content = TestTls.class.getResourceAsStream("/tls/" + file)) {
				Files.copy(content, folder.resolve(file));
			}
		}
	}

	private static String crt(String name) {
		return "classpath:tls/" + name + ".crt";
	}

}
