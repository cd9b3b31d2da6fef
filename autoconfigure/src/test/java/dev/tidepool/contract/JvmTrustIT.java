package dev.tidepool.contract;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where no SSL bundle is used, the trust of the JVM decides, which is set on the command
 * line of one. The reactive client of HttpClient before 5.6.4 takes any certificate then
 * that is trusted, whomever it is for (CVE-2026-71290).
 */
class JvmTrustIT {

	private static final String PASSWORD = "changeit";

	@Test
	void certificateThatTheJvmTrustsIsRefusedForAnotherName(@TempDir Path folder) throws Exception {
		Path output = folder.resolve("output.txt");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Djavax.net.ssl.trustStore=" + trustStore(folder), "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
				"-cp", System.getProperty("java.class.path"), JvmTrust.class.getName())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(output).content().contains("outcomes [refused, refused, fine, fine], requests 2");
	}

	private static Path trustStore(Path folder) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		try (InputStream certificate = JvmTrustIT.class.getResourceAsStream("/tls/elsewhere.crt")) {
			store.setCertificateEntry("elsewhere",
					CertificateFactory.getInstance("X.509").generateCertificate(certificate));
		}
		Path file = folder.resolve("trust.p12");
		try (OutputStream out = Files.newOutputStream(file)) {
			store.store(out, PASSWORD.toCharArray());
		}
		return file;
	}

}
