package dev.tidepool.autoconfigure;

import java.util.function.Predicate;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.tidepool.policy.PoolLimits;
import dev.tidepool.policy.ProxySettings;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * What is said once at start: the limits, and every proxy that calls will go through.
 */
final class StartupLog {

	private static final Log logger = LogFactory.getLog("dev.tidepool");

	private StartupLog() {
	}

	static void log(PoolLimits limits, UpstreamCatalog catalog) {
		int maxPerUpstream = catalog.defaults().pool().maxPerUpstream();
		logger
			.info("Pooling HTTP connections: at most %d, %d per upstream".formatted(limits.maxTotal(), maxPerUpstream));
		if (limits.maxTotal() < maxPerUpstream) {
			logger.warn(("Only half of the free file descriptors go to connections, so that max-total is %d, below "
					+ "max-per-upstream %d; raise the process's limit of open files, or set tidepool.pool.max-total")
				.formatted(limits.maxTotal(), maxPerUpstream));
		}
		catalog.all()
			.stream()
			.filter(Predicate.not((upstream) -> upstream.proxy().equals(ProxySettings.NONE)))
			.forEach(StartupLog::logProxy);
	}

	private static void logProxy(UpstreamSettings upstream) {
		String name = upstream.name();
		String proxy = (upstream.proxy().url() != null) ? upstream.proxy().toString()
				: "the JVM's proxy system properties";
		if (upstream.proxy().url() != null || upstream.proxy().useSystem()) {
			logger.info("Calls to %s go through %s, except to %s".formatted(
					(name != null) ? "upstream '" + name + "'" : "upstreams", proxy, upstream.proxy().noProxy()));
		}
	}

}
