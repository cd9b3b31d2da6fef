package dev.tidepool.call;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What handshakes leave behind.
 */
class HandshakeStrategyTests {

	private static final int SOME = 20;

	private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

	private static final Duration WIDE = Duration.ofSeconds(30);

	private final SSLContext context = TestTls.trusting("first").createSslContext();

	private final HandshakeStrategy strategy = new HandshakeStrategy(this.context,
			this.context.getDefaultSSLParameters().getProtocols(),
			this.context.getDefaultSSLParameters().getCipherSuites(), null);

	@Test
	void sessionsThatWereResumedAreNotKeptForEver() throws Exception {
		int size = this.context.getClientSessionContext().getSessionCacheSize();
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "Hello"))) {
			List<WeakReference<SSLSession>> sessions = new ArrayList<>();
			long first = Long.MAX_VALUE;
			for (int i = 0; i < SOME; i++) {
				SSLSession session = session(server);
				first = Math.min(first, session.getCreationTime());
				sessions.add(new WeakReference<>(session));
			}
			SSLSession latest = session(server);
			assertThat(latest.getCreationTime()).as("of the first, which it resumes").isLessThanOrEqualTo(first);
			for (int i = SOME + 1; i < TlsSessions.HANDSHAKES; i++) {
				this.strategy.verifySession("localhost", latest);
			}
			Awaitility.await().atMost(WIDE).untilAsserted(() -> {
				System.gc();
				assertThat(sessions).allMatch((session) -> session.refersTo(null));
			});
		}
		assertThat(this.context.getClientSessionContext().getSessionCacheSize()).isEqualTo(size);
	}

	// Read of it, since what can be resumed comes with the response
	private SSLSession session(ScriptedServer server) throws IOException {
		try (Socket plain = new Socket("localhost", server.port());
				SSLSocket socket = this.strategy.upgrade(plain, "localhost", server.port(), null,
						HttpCoreContext.create())) {
			socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
			assertThat(socket.getInputStream().read()).isEqualTo('H');
			return socket.getSession();
		}
	}

}
