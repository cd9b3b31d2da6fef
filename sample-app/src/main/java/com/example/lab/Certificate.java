package com.example.lab;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.util.FileSystemUtils;

/**
 * A certificate that was just made, and is trusted by its own bundle alone. The JDK's own
 * tool makes it, so that no key has to be kept where all can read it.
 *
 * @param keys the certificate with its key
 */
record Certificate(KeyStore keys) {

	private static final String ALIAS = "lab";

	private static final String PASSWORD = "changeit";

	private static final String TYPE = "PKCS12";

	private static final long MOST_SECONDS = 30;

	/**
	 * Make a certificate.
	 */
	static Certificate create() throws IOException, GeneralSecurityException, InterruptedException {
		Path folder = Files.createTempDirectory("lab");
		try {
			Path file = folder.resolve("keys.p12");
			keytool("-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=lab",
					"-ext", "san=ip:127.0.0.1", "-validity", "2", "-storetype", TYPE, "-keystore", file.toString(),
					"-storepass", PASSWORD);
			KeyStore keys = KeyStore.getInstance(TYPE);
			try (InputStream in = Files.newInputStream(file)) {
				keys.load(in, PASSWORD.toCharArray());
			}
			return new Certificate(keys);
		}
		finally {
			FileSystemUtils.deleteRecursively(folder);
		}
	}

	private static void keytool(String... arguments) throws IOException, InterruptedException {
		String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
		Process process = new ProcessBuilder(Stream.concat(Stream.of(keytool), Stream.of(arguments)).toList())
			.redirectErrorStream(true)
			.redirectOutput(Redirect.DISCARD)
			.start();
		try {
			if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
				throw new IOException("%s did not make a certificate".formatted(keytool));
			}
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * The server's side.
	 */
	SSLContext server() {
		return SslBundle.of(SslStoreBundle.of(this.keys, PASSWORD, null), SslBundleKey.of(PASSWORD)).createSslContext();
	}

	/**
	 * What a client needs to trust it.
	 */
	SslBundle trust() throws GeneralSecurityException, IOException {
		KeyStore trusted = KeyStore.getInstance(TYPE);
		trusted.load(null, null);
		trusted.setCertificateEntry(ALIAS, this.keys.getCertificate(ALIAS));
		return SslBundle.of(SslStoreBundle.of(null, null, trusted));
	}

}
