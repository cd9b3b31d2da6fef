package dev.tidepool.zoo;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

import dev.tidepool.testsupport.NginxServer;

/**
 * An nginx.
 *
 * @param server the server
 */
record NginxUpstream(NginxServer server) implements ZooServer {

	static ZooServer start(Duration keepAlive) throws IOException {
		return new NginxUpstream(NginxServer.start((keepAlive != null) ? keepAlive : NginxServer.DEFAULT_KEEP_ALIVE));
	}

	@Override
	public String url() {
		return this.server.url();
	}

	@Override
	public void stop() {
		this.server.stop();
	}

	@Override
	public void startAgain() throws IOException {
		this.server.startAgain();
	}

	@Override
	public Map<String, Integer> arrivals() throws IOException {
		return this.server.requestsById();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
