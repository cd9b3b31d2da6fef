package dev.tidepool.zoo;

import java.time.Duration;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * A Jetty.
 */
final class JettyUpstream extends EmbeddedUpstream {

	private Server server;

	JettyUpstream(Duration keepAlive) {
		super(keepAlive);
	}

	@Override
	protected int open(int port, Duration keepAlive) throws Exception {
		this.server = new Server();
		ServerConnector connector = new ServerConnector(this.server, 1, 1);
		connector.setHost(ADDRESS);
		connector.setPort(port);
		if (keepAlive != null) {
			connector.setIdleTimeout(keepAlive.toMillis());
		}
		this.server.addConnector(connector);
		this.server.setHandler(new Answer());
		this.server.start();
		return connector.getLocalPort();
	}

	@Override
	protected void shutDown() throws Exception {
		this.server.stop();
	}

	private final class Answer extends Handler.Abstract {

		@Override
		public boolean handle(Request request, Response response, Callback callback) throws Exception {
			arrived(request.getHeaders().get(ID));
			Content.Source.consumeAll(request);
			Content.Sink.write(response, true, BODY, callback);
			return true;
		}

	}

}
