package dev.tidepool.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.tidepool.testsupport.NginxServer.Connections;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Control experiments: what {@link NginxServer} tells can be trusted.
 */
class NginxServerIT {

	private static final Duration NEVER = Duration.ofMinutes(1);

	private static final Duration SOON = Duration.ofMillis(200);

	@Test
	void connectionThatTheClientClosesIsCountedAsItsOwn() throws Exception {
		try (NginxServer nginx = NginxServer.start(NEVER)) {
			try (Client client = new Client(nginx.url())) {
				client.call("GET", "first");
				client.call("GET", "second");
			}
			assertThat(nginx.connections()).isEqualTo(new Connections(1, 1, 0));
		}
	}

	@Test
	void connectionThatNginxClosesAfterItsTimeoutIsCountedAsItsOwn() throws Exception {
		try (NginxServer nginx = NginxServer.start(SOON)) {
			try (Client client = new Client(nginx.url())) {
				client.call("POST", "only");
				client.awaitEnd();
			}
			assertThat(nginx.connections()).isEqualTo(new Connections(1, 0, 1));
		}
	}

	@Test
	void connectionsOfBothKindsAreToldApart() throws Exception {
		try (NginxServer nginx = NginxServer.start(SOON)) {
			try (Client outlived = new Client(nginx.url())) {
				outlived.call("GET", "a");
				for (String id : List.of("b", "c")) {
					try (Client first = new Client(nginx.url())) {
						first.call("GET", id);
					}
				}
				outlived.awaitEnd();
			}
			assertThat(nginx.connections()).isEqualTo(new Connections(3, 2, 1));
		}
	}

	@Test
	void requestsAreCountedByConnectionAndId() throws Exception {
		try (NginxServer nginx = NginxServer.start(NEVER, 2)) {
			try (Client client = new Client(nginx.url(0)); Client other = new Client(nginx.url(1))) {
				client.call("GET", "twice");
				client.call("POST", "twice");
				other.call("PUT", "once");
			}
			Awaitility.await().until(() -> nginx.requests().size() == 3);
			assertThat(nginx.requestsById()).containsEntry("twice", 2).containsEntry("once", 1);
			assertThat(nginx.requests()).extracting(NginxServer.Request::onConnection).containsExactly(1, 2, 1);
			assertThat(nginx.requests()).extracting(NginxServer.Request::method).containsExactly("GET", "POST", "PUT");
		}
	}

	/**
	 * A client without a pool.
	 */
	private static final class Client implements AutoCloseable {

		private static final int DEADLINE = (int) Duration.ofSeconds(10).toMillis();

		private final Socket socket;

		Client(String url) throws IOException {
			URI uri = URI.create(url);
			this.socket = new Socket(InetAddress.getByName(uri.getHost()), uri.getPort());
			this.socket.setSoTimeout(DEADLINE);
		}

		void call(String method, String id) throws IOException {
			this.socket.getOutputStream()
				.write("%s / HTTP/1.1\r\nHost: localhost\r\nX-Id: %s\r\nContent-Length: 2\r\n\r\nhi"
					.formatted(method, id)
					.getBytes(StandardCharsets.ISO_8859_1));
			InputStream in = this.socket.getInputStream();
			StringBuilder response = new StringBuilder();
			while (!response.toString().endsWith("\r\n\r\nfine")) {
				int read = in.read();
				assertThat(read).as("end of stream after '%s'", response).isNotNegative();
				response.append((char) read);
			}
			assertThat(response).startsWith("HTTP/1.1 200 ");
		}

		void awaitEnd() throws IOException {
			assertThat(this.socket.getInputStream().read()).isEqualTo(-1);
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
