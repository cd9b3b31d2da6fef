package dev.tidepool.soak;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

import javax.net.ssl.SSLContext;

import org.awaitility.Awaitility;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Script;
import dev.tidepool.testsupport.TestTls;

/**
 * One upstream, which keeps its port while it ends and begins again.
 */
final class MixedServer implements AutoCloseable {

	static final String FIRST_ADDRESS = "127.0.0.1";

	static final String SECOND_ADDRESS = "127.0.0.2";

	private static final Duration WIDE = Duration.ofSeconds(20);

	private final MixedUpstream upstream;

	private final Script script;

	private final int port;

	private volatile ScriptedServer server;

	private String address = FIRST_ADDRESS;

	private String certificate = "first";

	MixedServer(MixedUpstream upstream, Script script) throws IOException {
		this.upstream = upstream;
		this.script = script;
		Duration keepAlive = upstream.keepAlive();
		this.server = prepared(upstream.isTls() ? ScriptedServer.startTls(context(), keepAlive, script)
				: ScriptedServer.start(keepAlive, script));
		this.port = this.server.port();
	}

	int port() {
		return this.port;
	}

	String url() {
		return (this.upstream.isTls() ? "https://" : "http://") + this.upstream.host() + ":" + this.port;
	}

	/**
	 * Connections that are open on this side.
	 */
	int open() {
		return this.server.open();
	}

	String address() {
		return this.address;
	}

	String certificate() {
		return this.certificate;
	}

	/**
	 * End, with all connections.
	 */
	void stop() throws IOException {
		this.server.close();
	}

	/**
	 * Begin again at the same port.
	 * @param address where
	 * @param certificate what to show
	 */
	void begin(String address, String certificate) {
		this.address = address;
		this.certificate = certificate;
		// What holds the port yet, if anything, is about to go
		Awaitility.await().atMost(WIDE).ignoreExceptions().until(() -> {
			this.server = prepared(
					ScriptedServer.startAt(new InetSocketAddress(address, this.port), context(), this.script));
			return true;
		});
	}

	private static ScriptedServer prepared(ScriptedServer server) {
		return server.withoutLog().withoutReadingBodies().withFinDelay(Duration.ofMillis(1));
	}

	private SSLContext context() {
		return this.upstream.isTls() ? TestTls.server(this.certificate) : null;
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
