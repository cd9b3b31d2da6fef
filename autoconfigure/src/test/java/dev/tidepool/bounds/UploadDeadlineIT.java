package dev.tidepool.bounds;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLSocket;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An upload that the upstream does not read ends with the call (FAULTS 26).
 */
class UploadDeadlineIT {

	private static final Duration WIDE = Duration.ofSeconds(10);

	private static final byte[] LARGE = new byte[64 * 1024 * 1024];

	// More than a handshake takes on a busy machine
	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withPropertyValues("tidepool.timeout.call=2s", TestTls.trustProperty("own", "first"),
				"tidepool.ssl.bundle=own");

	private NeverReading upstream;

	@AfterEach
	void stop() throws Exception {
		this.upstream.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void bodyThatCouldBeSentAgainEndsInTimeAndIsNot(String scheme) throws Exception {
		this.upstream = new NeverReading(scheme);
		this.contextRunner
			.run((context) -> endsInTime(context, (client) -> client.put().uri(this.upstream.url()).body(LARGE)));
		assertThat(this.upstream.accepted.get()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 26, over = { Transport.PLAIN, Transport.TLS }, through = Client.REST_CLIENT)
	@ValueSource(strings = { "http", "https" })
	void streamedBodyEndsInTime(String scheme) throws Exception {
		this.upstream = new NeverReading(scheme);
		StreamingHttpOutputMessage.Body endless = (out) -> {
			byte[] part = new byte[64 * 1024];
			while (true) {
				out.write(part);
			}
		};
		this.contextRunner
			.run((context) -> endsInTime(context, (client) -> client.post().uri(this.upstream.url()).body(endless)));
		assertThat(this.upstream.accepted.get()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void codeThatWritesABodyIsNotInterruptedButFailsAtItsNextWrite(String scheme) throws Exception {
		this.upstream = new NeverReading(scheme);
		AtomicInteger interrupted = new AtomicInteger();
		this.contextRunner.run((context) -> {
			StreamingHttpOutputMessage.Body slow = (out) -> {
				out.write(new byte[10_000]);
				Awaitility.await().until(() -> stats(context).closed(CloseReason.DEADLINE) == 1);
				if (Thread.currentThread().isInterrupted()) {
					interrupted.incrementAndGet();
				}
				out.write(new byte[100_000]);
			};
			endsInTime(context, (client) -> client.post().uri(this.upstream.url()).body(slow));
		});
		assertThat(interrupted).hasValue(0);
	}

	private interface Upload {

		RestClient.RequestBodySpec with(RestClient client);

	}

	private static void endsInTime(ApplicationContext context, Upload upload) {
		long start = System.nanoTime();
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> upload.with(context.getBean(RestClient.class)).retrieve().toBodilessEntity())
			.havingCause()
			.isInstanceOf(SocketTimeoutException.class)
			.withMessageContainingAll("attempt 1", "the request was not written", "2s of the whole call",
					"tidepool.timeout.call");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(1900), WIDE);
		assertThat(stats(context).connections()).isEmpty();
		assertThat(context.getBean(Upstreams.class).gate().active()).isZero();
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

	/**
	 * Accepts connections, shakes hands, and reads nothing.
	 */
	private static final class NeverReading implements AutoCloseable {

		private final String scheme;

		private final ServerSocket listener;

		private final AtomicInteger accepted = new AtomicInteger();

		private final CountDownLatch stopped = new CountDownLatch(1);

		NeverReading(String scheme) throws Exception {
			this.scheme = scheme;
			this.listener = scheme.equals("https")
					? TestTls.server("first").getServerSocketFactory().createServerSocket() : new ServerSocket();
			this.listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			Thread acceptor = new Thread(this::accept);
			acceptor.setDaemon(true);
			acceptor.start();
		}

		private void accept() {
			try (Socket socket = this.listener.accept()) {
				this.accepted.incrementAndGet();
				if (socket instanceof SSLSocket tls) {
					tls.startHandshake();
				}
				accept();
				this.stopped.await();
			}
			catch (Exception ex) {
				// Closed
			}
		}

		String url() {
			return this.scheme + "://localhost:" + this.listener.getLocalPort();
		}

		@Override
		public void close() throws IOException {
			this.stopped.countDown();
			this.listener.close();
		}

	}

}
