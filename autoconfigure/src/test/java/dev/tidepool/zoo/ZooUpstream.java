package dev.tidepool.zoo;

import java.time.Duration;

import io.netty.util.Version;
import org.apache.catalina.util.ServerInfo;
import org.eclipse.jetty.server.Server;

import dev.tidepool.testsupport.NginxServer;

/**
 * The upstreams that applications mostly have.
 */
enum ZooUpstream {

	NGINX("nginx", 2000, 75, true, NginxServer::version, NginxUpstream::start),

	APACHE("Apache httpd", 2000, 5, false, () -> ProcessUpstream.apache(null).version("-v"),
			(keepAlive) -> ProcessUpstream.start(ProcessUpstream.apache(keepAlive))),

	HAPROXY("HAProxy", 1000, 50, false, () -> ProcessUpstream.haproxy(null).version("-v"),
			(keepAlive) -> ProcessUpstream.startWithIdsInOutput(ProcessUpstream.haproxy(keepAlive))),

	LIGHTTPD("lighttpd", 2000, 5, false, () -> ProcessUpstream.lighttpd(null).version("-v"),
			(keepAlive) -> ProcessUpstream.start(ProcessUpstream.lighttpd(keepAlive))),

	CADDY("Caddy", 1500, 300, false, () -> ProcessUpstream.caddy(null).version("version"),
			(keepAlive) -> ProcessUpstream.start(ProcessUpstream.caddy(keepAlive))),

	GUNICORN("gunicorn", 3000, 0, false, () -> ProcessUpstream.gunicorn(null).version("--version"),
			(keepAlive) -> ProcessUpstream.start(ProcessUpstream.gunicorn(keepAlive))),

	UVICORN("uvicorn", 2000, 5, false, () -> ProcessUpstream.uvicorn(null).version("--version"),
			(keepAlive) -> ProcessUpstream.startWithIdsInOutput(ProcessUpstream.uvicorn(keepAlive))),

	GO("Go net/http", 1500, 0, false, () -> ProcessUpstream.go(null).version("version"),
			(keepAlive) -> ProcessUpstream.startWithIdsInOutput(ProcessUpstream.go(keepAlive))),

	NODE("Node.js", 2000, 5, false, () -> ProcessUpstream.node(null).version("--version"),
			(keepAlive) -> ProcessUpstream.startWithIdsInOutput(ProcessUpstream.node(keepAlive))),

	TOMCAT("Tomcat", 2000, 60, true, () -> ServerInfo.getServerNumber().replaceFirst("\\.0$", ""),
			(keepAlive) -> new TomcatUpstream(keepAlive).start()),

	JETTY("Jetty", 1500, 30, true, Server::getVersion, (keepAlive) -> new JettyUpstream(keepAlive).start()),

	UNDERTOW("Undertow", 2000, 60, true, io.undertow.Version::getVersionString,
			(keepAlive) -> new UndertowUpstream(keepAlive).start()),

	NETTY("Netty", 1000, 0, true,
			() -> Version.identify(NettyUpstream.class.getClassLoader()).get("netty-codec-http").artifactVersion(),
			(keepAlive) -> new NettyUpstream(keepAlive).start());

	private final String display;

	private final Duration keepAlive;

	private final Duration defaultKeepAlive;

	private final boolean inEachBuild;

	private final Versioned version;

	private final Starter starter;

	ZooUpstream(String display, int keepAliveMillis, int defaultSeconds, boolean inEachBuild, Versioned version,
			Starter starter) {
		this.display = display;
		this.keepAlive = Duration.ofMillis(keepAliveMillis);
		this.defaultKeepAlive = Duration.ofSeconds(defaultSeconds);
		this.inEachBuild = inEachBuild;
		this.version = version;
		this.starter = starter;
	}

	String display() {
		return this.display;
	}

	/**
	 * The keep-alive to set, short enough to be met often.
	 */
	Duration keepAlive() {
		return this.keepAlive;
	}

	/**
	 * The keep-alive that it has when nobody sets one, as documented. Zero if it keeps no
	 * connection, or each for ever.
	 */
	Duration defaultKeepAlive() {
		return this.defaultKeepAlive;
	}

	/**
	 * Whether it is there without being installed for this.
	 */
	boolean isInEachBuild() {
		return this.inEachBuild;
	}

	String version() throws Exception {
		return this.version.get();
	}

	/**
	 * What is known of it, to explain what was measured.
	 */
	String note() {
		return switch (this) {
			case LIGHTTPD ->
				"looks for idle connections once a second; closes, as announced, after a POST to a static file";
			case TOMCAT -> "looks for idle connections once a second";
			case NODE -> "keeps connections a second longer than it announces";
			default -> "";
		};
	}

	String noteOnDefaults() {
		return switch (this) {
			case HAPROXY -> "none of its own: `timeout client` of Debian's configuration";
			case CADDY -> "cannot be learned";
			case GUNICORN -> "its default workers keep no connection";
			default -> note();
		};
	}

	/**
	 * Start one.
	 * @param keepAlive its keep-alive, or {@code null} for its own default
	 * @return the server
	 */
	ZooServer start(Duration keepAlive) throws Exception {
		return this.starter.start(keepAlive);
	}

	@FunctionalInterface
	private interface Versioned {

		String get() throws Exception;

	}

	@FunctionalInterface
	private interface Starter {

		ZooServer start(Duration keepAlive) throws Exception;

	}

}
