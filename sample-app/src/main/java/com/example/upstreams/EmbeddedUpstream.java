package com.example.upstreams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardServer;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.modeler.Registry;
import org.springframework.util.FileSystemUtils;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * A real HTTP server on a free port, which closes idle connections early, as upstreams
 * do.
 */
final class EmbeddedUpstream {

	private static final String ADDRESS = "127.0.0.1";

	private static final String LOOKS_EVERY_MILLIS = "50";

	private final Tomcat tomcat;

	private final Path directory;

	private EmbeddedUpstream(Tomcat tomcat, Path directory) {
		this.tomcat = tomcat;
		this.directory = directory;
	}

	/**
	 * Start an upstream.
	 * @param keepAlive for how long it keeps an idle connection
	 * @param controller answers the requests
	 * @return the running upstream
	 */
	static EmbeddedUpstream start(Duration keepAlive, Class<?> controller) {
		// Two servers of one name would quarrel about their MBeans
		Registry.disableRegistry();
		EmbeddedUpstream upstream = new EmbeddedUpstream(new Tomcat(), temporaryDirectory());
		try {
			upstream.start(keepAlive, new DispatcherServlet(upstream.contextOf(controller)));
			return upstream;
		}
		catch (LifecycleException | RuntimeException ex) {
			upstream.close();
			throw new IllegalStateException("Could not start an upstream of " + controller.getSimpleName(), ex);
		}
	}

	private static Path temporaryDirectory() {
		try {
			return Files.createTempDirectory("upstream");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private AnnotationConfigWebApplicationContext contextOf(Class<?> controller) {
		AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
		context.register(UpstreamConfiguration.class, Misbehaviour.class, controller);
		context.addBeanFactoryPostProcessor(
				(factory) -> factory.registerSingleton("connector", this.tomcat.getConnector()));
		return context;
	}

	private void start(Duration keepAlive, DispatcherServlet servlet) throws LifecycleException {
		this.tomcat.setBaseDir(this.directory.toString());
		this.tomcat.setPort(0);
		this.tomcat.getConnector().setProperty("address", ADDRESS);
		this.tomcat.getConnector().setProperty("keepAliveTimeout", Long.toString(keepAlive.toMillis()));
		// How often it looks for idle connections: a second by default, so that few would
		// be
		// closed on time
		this.tomcat.getConnector().setProperty("selectorTimeout", LOOKS_EVERY_MILLIS);
		this.tomcat.getConnector().setProperty("socket.timeoutInterval", LOOKS_EVERY_MILLIS);
		((StandardServer) this.tomcat.getServer()).setUtilityThreadsAsDaemon(true);
		Context context = this.tomcat.addContext("", null);
		context.setParentClassLoader(EmbeddedUpstream.class.getClassLoader());
		Wrapper wrapper = Tomcat.addServlet(context, "upstream", servlet);
		wrapper.setLoadOnStartup(1);
		wrapper.setAsyncSupported(true);
		context.addServletMappingDecoded("/", "upstream");
		this.tomcat.start();
	}

	String url() {
		return "http://" + ADDRESS + ":" + this.tomcat.getConnector().getLocalPort();
	}

	/**
	 * Stop the server and leave nothing behind.
	 */
	void close() {
		try {
			this.tomcat.stop();
			this.tomcat.destroy();
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (LifecycleException | IOException ex) {
			throw new IllegalStateException("Could not stop an upstream", ex);
		}
	}

}
