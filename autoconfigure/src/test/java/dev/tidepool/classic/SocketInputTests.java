package dev.tidepool.classic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSocket;

import org.apache.hc.core5.http.config.Http1Config;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.connection.ConnectionProbe.Look;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a look sees of an idle connection, plain and over TLS.
 */
@Timeout(60)
class SocketInputTests {

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private Socket plainClient;

	private Socket plainServer;

	private Socket client;

	private Socket server;

	private SocketInput input;

	@AfterEach
	void close() throws IOException {
		this.executor.shutdownNow();
		this.plainClient.close();
		this.plainServer.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void looksTakeNothingFromAConnectionThatIsAlive(boolean tls) throws Exception {
		connect(tls);
		for (int answer = 1; answer <= 3; answer++) {
			for (int look = 0; look < 10; look++) {
				assertThat(this.input.look()).isEqualTo(Look.ALIVE);
			}
			this.server.getOutputStream().write(answer);
			assertThat(this.client.getInputStream().read()).isEqualTo(answer);
		}
	}

	@Test
	void ticketsProveNothing() throws Exception {
		connect(true);
		await().until(this.input::hasBytes);
		assertThat(this.input.look()).isEqualTo(Look.ALIVE);
		assertThat(this.input.hasBytes()).isFalse();
		this.server.getOutputStream().write(1);
		assertThat(this.client.getInputStream().read()).isEqualTo(1);
	}

	@Test
	void goodbyeIsSeen() throws Exception {
		connect(true);
		await().until(this.input::hasBytes);
		assertThat(this.input.look()).isEqualTo(Look.ALIVE);
		((SSLSocket) this.server).shutdownOutput();
		await().until(this.input::hasBytes);
		assertThat(this.input.look()).isEqualTo(Look.CLOSED);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void endWithoutGoodbyeIsSeen(boolean tls) throws Exception {
		connect(tls);
		this.plainServer.shutdownOutput();
		await().until(this.input::look, Look.CLOSED::equals);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void resetIsSeen(boolean tls) throws Exception {
		connect(tls);
		this.plainServer.setSoLinger(true, 0);
		this.plainServer.close();
		await().until(this.input::look, Look.CLOSED::equals);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void unaskedBytesAreSeen(boolean tls) throws Exception {
		connect(tls);
		this.server.getOutputStream().write(1);
		await().until(this.input::look, Look.UNASKED_BYTES::equals);
	}

	private void connect(boolean tls) throws Exception {
		try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.plainClient = SocketChannel.open(listening.getLocalSocketAddress()).socket();
			this.plainServer = listening.accept();
		}
		this.client = this.plainClient;
		this.server = this.plainServer;
		if (tls) {
			handshake();
		}
		this.input = new SocketInput(() -> this.client, new ResponseParser(Http1Config.DEFAULT));
		this.input.bind(this.plainClient);
		this.input.connected();
	}

	private void handshake() throws Exception {
		SSLSocket client = (SSLSocket) TestTls.trusting("first")
			.createSslContext()
			.getSocketFactory()
			.createSocket(this.plainClient, "localhost", this.plainClient.getPort(), false);
		SSLSocket server = (SSLSocket) TestTls.server("first")
			.getSocketFactory()
			.createSocket(this.plainServer, null, false);
		Callable<Void> answering = () -> {
			server.startHandshake();
			return null;
		};
		Future<Void> answered = this.executor.submit(answering);
		client.startHandshake();
		answered.get(30, TimeUnit.SECONDS);
		this.client = client;
		this.server = server;
	}

}
