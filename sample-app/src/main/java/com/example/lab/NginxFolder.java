package com.example.lab;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The temporary folder that an nginx runs in: its configuration, the files that it sends,
 * and its log.
 *
 * @param path where it is
 */
record NginxFolder(Path path) {

	/**
	 * Where the files are that are sent, seen from the folder.
	 */
	static final String FILES = "files";

	// One process, so that none is left when it ends. Only what was answered is in the
	// log
	private static final String CONFIGURATION = """
			daemon off;
			master_process off;
			pid nginx.pid;
			error_log stderr error;
			events { worker_connections 1024; }
			http {
				log_format lab $bytes_sent;
				access_log access.log lab;
				server_tokens off;
				client_body_temp_path temporary;
				proxy_temp_path temporary;
				fastcgi_temp_path temporary;
				uwsgi_temp_path temporary;
				scgi_temp_path temporary;
				server {
					listen 127.0.0.1:%d;
					location = %s { access_log off; stub_status; }
					location / { %s }
				}
			}
			""";

	static NginxFolder create() throws IOException {
		return new NginxFolder(Files.createTempDirectory("tidepool-lab"));
	}

	/**
	 * Write all that nginx reads.
	 */
	void write(int port, Behaviour behaviour) throws IOException {
		Path files = Files.createDirectory(this.path.resolve(FILES));
		for (Map.Entry<String, Integer> file : behaviour.files().entrySet()) {
			try (RandomAccessFile content = new RandomAccessFile(files.resolve(file.getKey()).toFile(), "rw")) {
				content.setLength(file.getValue());
			}
		}
		Files.writeString(configuration(), CONFIGURATION.formatted(port, statusPath(), behaviour.directives()));
	}

	Path configuration() {
		return this.path.resolve("nginx.conf");
	}

	/**
	 * Where nginx tells its counters. No other nginx does so there.
	 */
	String statusPath() {
		return "/" + this.path.getFileName();
	}

	/**
	 * What was sent in answer to each request.
	 */
	List<Long> bytesSent() throws IOException {
		return Files.readAllLines(this.path.resolve("access.log"), StandardCharsets.ISO_8859_1)
			.stream()
			.map(Long::valueOf)
			.toList();
	}

}
