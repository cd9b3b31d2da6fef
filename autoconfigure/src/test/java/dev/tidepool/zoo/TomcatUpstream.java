package dev.tidepool.zoo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.springframework.util.FileSystemUtils;

/**
 * A Tomcat.
 */
final class TomcatUpstream extends EmbeddedUpstream {

	private Tomcat tomcat;

	private Path folder;

	TomcatUpstream(Duration keepAlive) {
		super(keepAlive);
	}

	@Override
	protected int open(int port, Duration keepAlive) throws Exception {
		this.folder = Files.createTempDirectory("tidepool-tomcat");
		this.tomcat = new Tomcat();
		this.tomcat.setBaseDir(this.folder.toString());
		Connector connector = new Connector();
		connector.setPort(port);
		connector.setProperty("address", ADDRESS);
		if (keepAlive != null) {
			connector.setProperty("keepAliveTimeout", String.valueOf(keepAlive.toMillis()));
		}
		this.tomcat.setConnector(connector);
		Context context = this.tomcat.addContext("", null);
		Tomcat.addServlet(context, "zoo", new Answer());
		context.addServletMappingDecoded("/", "zoo");
		this.tomcat.start();
		return connector.getLocalPort();
	}

	@Override
	protected void shutDown() throws Exception {
		// First, or it answers 404 and 503 while the application is being stopped
		this.tomcat.getConnector().stop();
		this.tomcat.stop();
		this.tomcat.destroy();
		FileSystemUtils.deleteRecursively(this.folder);
	}

	@SuppressWarnings("serial")
	private final class Answer extends HttpServlet {

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			arrived(request.getHeader(ID));
			request.getInputStream().readAllBytes();
			response.getOutputStream().write(BODY.getBytes(StandardCharsets.US_ASCII));
		}

	}

}
