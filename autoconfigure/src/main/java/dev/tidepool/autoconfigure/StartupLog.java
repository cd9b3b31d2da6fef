package dev.tidepool.autoconfigure;

import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.tidepool.policy.Durations;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.KeepAliveSettings;
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

	static void log(PoolLimits limits, UpstreamCatalog catalog, boolean maxTotalIsDefault) {
		int maxTotal = limits.maxTotal();
		int largest = catalog.all().stream().mapToInt((upstream) -> upstream.pool().maxPerUpstream()).max().orElse(0);
		boolean shrunk = maxTotalIsDefault && maxTotal < Math.max(PoolLimits.DEFAULTS.maxTotal(), largest);
		logger.info("Pooling HTTP connections: at most %d%s, %s".formatted(maxTotal,
				shrunk ? " (half of the free file descriptors)" : "", describe(catalog.defaults())));
		if (shrunk && maxTotal < largest) {
			logger.warn(("Only half of the free file descriptors go to connections, so that max-total is %d, below "
					+ "max-per-upstream %d; raise the process's limit of open files, or set tidepool.pool.max-total")
				.formatted(maxTotal, largest));
		}
		logProxies(catalog);
	}

	private static String describe(UpstreamSettings settings) {
		KeepAliveSettings keepAlive = settings.keepAlive();
		String idle = (keepAlive.upstreamTimeout() != null)
				? "closed by upstreams after " + Durations.display(keepAlive.upstreamTimeout())
				: keepAlive.learn() ? "kept as long as upstreams are learned to keep them" : "kept briefly";
		return "%d per upstream, waited for %s; idle ones %s; time-outs: connect %s, response %s, read %s, call %s; %s"
			.formatted(settings.pool().maxPerUpstream(), Durations.display(settings.pool().acquireTimeout()), idle,
					Durations.display(settings.timeout().connect()), Durations.display(settings.timeout().response()),
					Durations.display(settings.timeout().read()),
					(settings.timeout().call() != null) ? Durations.display(settings.timeout().call()) : "none",
					settings.retry().enabled() ? "attempts: " + settings.retry().maxAttempts() : "no repeats");
	}

	private static void logProxies(UpstreamCatalog catalog) {
		ProxySettings general = catalog.defaults().proxy();
		logProxy("upstreams", general);
		catalog.all()
			.stream()
			.filter((upstream) -> !upstream.proxy().equals(general))
			.forEach((upstream) -> logProxy("upstream '" + upstream.name() + "'", upstream.proxy()));
	}

	private static void logProxy(String upstreams, ProxySettings proxy) {
		if (proxy.url() == null && !proxy.useSystem()) {
			return;
		}
		String exceptions = proxy.noProxy().stream().map(HostPattern::toString).collect(Collectors.joining(", "));
		logger.info("Calls to %s go through %s%s".formatted(upstreams,
				(proxy.url() != null) ? proxy.url() : "the JVM's proxy system properties",
				exceptions.isEmpty() ? "" : ", except to " + exceptions));
	}

}
