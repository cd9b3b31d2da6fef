package dev.tidepool.classic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import javax.net.ssl.SSLSocket;

import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.tidepool.connection.Canaries;
import dev.tidepool.connection.ConnectionProbe;
import dev.tidepool.connection.DeadlineWatch;
import dev.tidepool.connection.Sweeper;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A connection that is closed while it is being connected, as its deadline and the end of
 * the pool do, keeps no socket.
 */
class RecordedConnectionTests {

	private final Writability writability = new Writability();

	private ServerSocket server;

	private Socket socket;

	private ManagedHttpClientConnection connection;

	@BeforeEach
	void connect() throws IOException {
		this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		this.socket = SocketChannel.open(this.server.getLocalSocketAddress()).socket();
		this.connection = new RecordedConnectionFactory(new Surroundings(System::nanoTime,
				new Sweeper(System::nanoTime), new DeadlineWatch(System::nanoTime), new Canaries(), this.writability),
				Http1Config.DEFAULT)
			.create();
	}

	@AfterEach
	void close() throws IOException {
		this.socket.close();
		this.server.close();
		this.writability.close();
	}

	@Test
	void socketThatComesAfterTheCloseIsClosed() {
		this.connection.close(CloseMode.IMMEDIATE);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> this.connection.bind(this.socket));
		assertThat(this.socket.isClosed()).isTrue();
	}

	@Test
	void socketThatComesAfterAnOrderlyCloseIsClosed() throws IOException {
		this.connection.close();
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> this.connection.bind(this.socket));
		assertThat(this.socket.isClosed()).isTrue();
	}

	@Test
	@Timeout(30)
	void orderlyCloseDoesNotWaitForAPeerThatDoesNotRead() throws Exception {
		SSLSocket tls = (SSLSocket) TestTls.server("first")
			.getSocketFactory()
			.createSocket(this.socket, "localhost", this.server.getLocalPort(), false);
		this.connection.bind(this.socket);
		this.connection.bind(tls, this.socket);
		fill(this.socket.getChannel());
		((ConnectionProbe) this.connection).closeInOrder();
		assertThat(this.socket.isClosed()).isTrue();
	}

	private static void fill(SocketChannel channel) throws IOException {
		channel.configureBlocking(false);
		ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
		while (channel.write(bytes) > 0) {
			bytes.clear();
		}
		channel.configureBlocking(true);
	}

	@Test
	void handshakeThatEndsAfterTheCloseDoesNotOpenTheConnectionAgain() throws IOException {
		SSLSocket tls = (SSLSocket) TestTls.server("first")
			.getSocketFactory()
			.createSocket(this.socket, "localhost", this.server.getLocalPort(), false);
		this.connection.bind(this.socket);
		this.connection.close(CloseMode.IMMEDIATE);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> this.connection.bind(tls, this.socket));
		assertThat(this.socket.isClosed()).isTrue();
	}

}
