package dev.tidepool.benchmarks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The folder that nginx runs in: its configuration, its certificate, and files of the
 * sizes that are fetched.
 */
final class NginxFolder {

	/**
	 * Connections that it can have, those that it listens on included.
	 */
	static final int MAX_CONNECTIONS = 16_384;

	private static final String CONFIGURATION = """
			daemon off;
			worker_processes 1;
			worker_rlimit_nofile %1$d;
			pid nginx.pid;
			error_log stderr crit;
			events { worker_connections %1$d; }
			http {
				access_log off;
				keepalive_timeout %2$ds;
				keepalive_requests 1000000000;
				client_max_body_size 0;
				client_body_temp_path body;
				proxy_temp_path proxy;
				fastcgi_temp_path fastcgi;
				uwsgi_temp_path uwsgi;
				scgi_temp_path scgi;
				server {
					listen 127.0.0.1:%3$d backlog=4096%4$s;
					location / {
						default_type text/plain;
						return 200 "%5$s";
					}
					location /orders {
						default_type application/json;
						return 200 '%6$s';
					}
					location /bytes/ {
						root %7$s;
					}
					location /upload {
						return 200 "";
					}
				}
			}
			""";

	private static final String TLS = " ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate %s; ssl_certificate_key %s";

	private NginxFolder() {
	}

	/**
	 * Write all files.
	 * @param folder the folder
	 * @param port where nginx is to listen
	 * @param keepAliveSeconds after which idle time it closes connections
	 * @param certificate what it shows, {@code null} to speak plain HTTP
	 * @return the configuration
	 */
	static Path write(Path folder, int port, int keepAliveSeconds, @Nullable Certificate certificate)
			throws IOException {
		// Its worker, which may be another user, reads them
		folder.toFile().setExecutable(true, false);
		folder.toFile().setReadable(true, false);
		Path bytes = Files.createDirectory(folder.resolve("bytes"));
		for (int size : BodySizes.ALL) {
			try (RandomAccessFile file = new RandomAccessFile(bytes.resolve(Integer.toString(size)).toFile(), "rw")) {
				file.setLength(size);
			}
		}
		String tls = (certificate != null) ? TLS.formatted(certificate.certificate(), certificate.key()) : "";
		return Files.writeString(folder.resolve("nginx.conf"), CONFIGURATION.formatted(MAX_CONNECTIONS,
				keepAliveSeconds, port, tls, Exchange.TEXT, Exchange.RECEIPT, folder));
	}

	static List<String> command(Path binary, Path folder, Path configuration) {
		return List.of(binary.toString(), "-p", folder.toString(), "-c", configuration.toString(), "-e", "stderr");
	}

}
