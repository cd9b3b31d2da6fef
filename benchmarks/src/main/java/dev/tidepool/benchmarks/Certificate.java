package dev.tidepool.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate for the loopback address that the JDK's keytool makes, in the files that
 * a server reads.
 *
 * @param certificate the certificate, as PEM
 * @param key its key, as PEM
 */
record Certificate(Path certificate, Path key) {

	private static final String PASSWORD = "benchmark";

	/**
	 * Make one.
	 * @param folder where its files go
	 * @param name what they are called
	 */
	static Certificate make(Path folder, String name) throws IOException, InterruptedException {
		Path store = folder.resolve(name + ".p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", name, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30", "-dname",
				"CN=localhost", "-ext", "san=ip:127.0.0.1,dns:localhost", "-storetype", "PKCS12", "-storepass",
				PASSWORD, "-keystore", store.toString())
			.redirectErrorStream(true)
			.start();
		String output = new String(keytool.getInputStream().readAllBytes());
		if (keytool.waitFor() != 0) {
			throw new IOException("keytool: " + output);
		}
		try (InputStream content = Files.newInputStream(store)) {
			KeyStore keys = KeyStore.getInstance("PKCS12");
			keys.load(content, PASSWORD.toCharArray());
			return new Certificate(
					pem(folder.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate(name).getEncoded()),
					pem(folder.resolve(name + ".key"), "PRIVATE KEY",
							keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
		}
		catch (GeneralSecurityException ex) {
			throw new IOException("The certificate that keytool made cannot be read", ex);
		}
	}

	private static Path pem(Path file, String type, byte[] content) throws IOException {
		return Files.writeString(file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type,
				Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content)));
	}

}
