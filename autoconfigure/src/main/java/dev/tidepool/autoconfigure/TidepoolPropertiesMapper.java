package dev.tidepool.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import dev.tidepool.autoconfigure.TidepoolProperties.UpstreamProperties;
import dev.tidepool.policy.BackoffSettings;
import dev.tidepool.policy.BudgetSettings;
import dev.tidepool.policy.DrainSettings;
import dev.tidepool.policy.HealthSettings;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.InvalidSettingException;
import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.PoolLimits;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.ProxySettings;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.RetrySettings;
import dev.tidepool.policy.TimeoutSettings;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * Makes settings of properties: what an upstream leaves unset comes from the general
 * group, what that leaves unset from the defaults.
 */
final class TidepoolPropertiesMapper {

	private static final String FIX_BASE_URL = "Set http://host:port or https://host.";

	private final TidepoolProperties properties;

	private final IntSupplier freeDescriptors;

	TidepoolPropertiesMapper(TidepoolProperties properties, IntSupplier freeDescriptors) {
		this.properties = properties;
		this.freeDescriptors = freeDescriptors;
	}

	PoolLimits poolLimits() {
		TidepoolProperties.Pool pool = this.properties.getPool();
		Integer maxTotal = pool.getMaxTotal();
		PoolLimits limits = group("tidepool.pool",
				() -> new PoolLimits((maxTotal != null) ? maxTotal : defaultMaxTotal(),
						or(pool.getReuseOrder(), PoolLimits.DEFAULTS.reuseOrder())));
		if (maxTotal != null) {
			requireWithinTotal("tidepool", pool, maxTotal);
			this.properties.getUpstreams()
				.forEach((name, upstream) -> requireWithinTotal(UpstreamSettings.propertiesOf(name), upstream.getPool(),
						maxTotal));
		}
		return limits;
	}

	private int defaultMaxTotal() {
		int wanted = Stream
			.concat(Stream.of(this.properties.getPool()),
					this.properties.getUpstreams().values().stream().map(UpstreamProperties::getPool))
			.map(TidepoolProperties.UpstreamPool::getMaxPerUpstream)
			.flatMap(Stream::ofNullable)
			.reduce(PoolLimits.DEFAULTS.maxTotal(), Math::max);
		return Math.max(1, Math.min(wanted, this.freeDescriptors.getAsInt() / 2));
	}

	private static void requireWithinTotal(String prefix, TidepoolProperties.UpstreamPool pool, int maxTotal) {
		Integer maxPerUpstream = pool.getMaxPerUpstream();
		if (maxPerUpstream != null && maxPerUpstream > maxTotal) {
			throw new InvalidTidepoolPropertyException(prefix + ".pool.max-per-upstream", maxPerUpstream.toString(),
					"is above tidepool.pool.max-total, which is " + maxTotal, "Lower it, or raise max-total.");
		}
	}

	UpstreamCatalog catalog() {
		UpstreamSettings defaults = settings("tidepool", null, UpstreamSettings.DEFAULTS, this.properties.getPool(),
				this.properties.getKeepAlive(), this.properties.getTimeout(), this.properties.getRetry(),
				this.properties.getResponse(), this.properties.getRedirect(), this.properties.getProxy(),
				this.properties.getSsl());
		Map<HostPattern, UpstreamSettings> byPattern = new LinkedHashMap<>();
		this.properties.getUpstreams().forEach((name, upstream) -> {
			UpstreamSettings settings = settings(UpstreamSettings.propertiesOf(name), name, defaults,
					upstream.getPool(), upstream.getKeepAlive(), upstream.getTimeout(), upstream.getRetry(),
					upstream.getResponse(), upstream.getRedirect(), upstream.getProxy(), upstream.getSsl());
			patterns(name, upstream).forEach((pattern, claim) -> {
				UpstreamSettings other = byPattern.putIfAbsent(pattern, settings);
				if (other != null) {
					throw new InvalidTidepoolPropertyException(claim.property(), claim.value(),
							"is also claimed by upstream '" + other.name() + "'",
							"Name each host under one upstream only.");
				}
			});
		});
		return new UpstreamCatalog(defaults, byPattern);
	}

	/**
	 * Where connections are to be kept ready.
	 * @param catalog the settings of these properties
	 * @return the base URLs of upstreams with a {@code min-idle} that are called directly
	 */
	List<URI> keptReady(UpstreamCatalog catalog) {
		Integer general = this.properties.getPool().getMinIdle();
		if (general != null && general > 0
				&& this.properties.getUpstreams().values().stream().allMatch((each) -> each.getBaseUrl() == null)) {
			throw new InvalidTidepoolPropertyException("tidepool.pool.min-idle", general.toString(),
					"is for upstreams with a base-url, of which there is none",
					"Set tidepool.upstreams.<name>.base-url, or leave min-idle unset.");
		}
		List<URI> keptReady = new ArrayList<>();
		this.properties.getUpstreams().forEach((name, upstream) -> {
			String baseUrl = upstream.getBaseUrl();
			URI url = (baseUrl != null) ? parseBaseUrl(name, baseUrl) : null;
			boolean direct = url != null && isDirect(url, catalog);
			Integer own = upstream.getPool().getMinIdle();
			if (own != null && own > 0 && !direct) {
				throw new InvalidTidepoolPropertyException(UpstreamSettings.propertiesOf(name) + ".pool.min-idle",
						own.toString(),
						(url == null) ? "needs to know whom to connect to, and there is no base-url"
								: "is for upstreams that are called directly, and this one has a proxy",
						(url == null)
								? "Set %s.base-url, or leave min-idle unset."
									.formatted(UpstreamSettings.propertiesOf(name))
								: "Add its host to proxy.no-proxy, or leave min-idle unset.");
			}
			if (url != null && direct && settingsOf(url, catalog).pool().minIdle() > 0) {
				keptReady.add(url);
			}
		});
		return keptReady;
	}

	private static boolean isDirect(URI baseUrl, UpstreamCatalog catalog) {
		ProxySettings proxy = settingsOf(baseUrl, catalog).proxy();
		HostPattern host = HostPattern.of(baseUrl);
		return proxy.url() == null || proxy.bypasses(host.bare(), host.port());
	}

	private static UpstreamSettings settingsOf(URI baseUrl, UpstreamCatalog catalog) {
		HostPattern host = HostPattern.of(baseUrl);
		return catalog.find(host.bare(), host.port());
	}

	HealthSettings healthSettings() {
		TidepoolProperties.Health health = this.properties.getHealth();
		Set<String> upstreams = this.properties.getUpstreams().keySet();
		List<String> saturated = or(health.getDownWhenSaturated(), List.of());
		List<String> unreachable = or(health.getDownWhenUnreachable(), List.of());
		return group("tidepool.health", () -> {
			HealthSettings.requireKnown("down-when-saturated", saturated, upstreams);
			HealthSettings.requireKnown("down-when-unreachable", unreachable, upstreams);
			return new HealthSettings(Set.copyOf(saturated), Set.copyOf(unreachable));
		});
	}

	private static Map<HostPattern, Claim> patterns(String name, UpstreamProperties upstream) {
		Map<HostPattern, Claim> patterns = new LinkedHashMap<>();
		List<String> hosts = upstream.getHosts();
		for (int i = 0; i < hosts.size(); i++) {
			String host = hosts.get(i);
			String key = "hosts[" + i + "]";
			patterns.put(group(UpstreamSettings.propertiesOf(name), () -> HostPattern.parse(key, host)),
					new Claim(UpstreamSettings.propertiesOf(name) + "." + key, host));
		}
		String baseUrl = upstream.getBaseUrl();
		if (baseUrl != null) {
			patterns.put(HostPattern.of(parseBaseUrl(name, baseUrl)),
					new Claim(UpstreamSettings.propertiesOf(name) + ".base-url", ProxySettings.hideUserInfo(baseUrl)));
		}
		if (patterns.isEmpty()) {
			throw new InvalidTidepoolPropertyException(UpstreamSettings.propertiesOf(name), null, "names no host",
					"Set %s.base-url or %s.hosts.".formatted(UpstreamSettings.propertiesOf(name),
							UpstreamSettings.propertiesOf(name)));
		}
		return patterns;
	}

	private static URI parseBaseUrl(String name, String baseUrl) {
		String property = UpstreamSettings.propertiesOf(name) + ".base-url";
		URI uri;
		try {
			uri = new URI(baseUrl.strip());
		}
		catch (URISyntaxException ex) {
			throw new InvalidTidepoolPropertyException(property, ProxySettings.hideUserInfo(baseUrl), "is not a URL",
					FIX_BASE_URL);
		}
		boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
		if (!http || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65535) {
			throw new InvalidTidepoolPropertyException(property, ProxySettings.hideUserInfo(baseUrl),
					"is not an http or https URL with a host and a valid port", FIX_BASE_URL);
		}
		return uri;
	}

	private static UpstreamSettings settings(String prefix, @Nullable String name, UpstreamSettings base,
			TidepoolProperties.UpstreamPool pool, TidepoolProperties.KeepAlive keepAlive,
			TidepoolProperties.Timeout timeout, TidepoolProperties.Retry retry, TidepoolProperties.Response response,
			TidepoolProperties.Redirect redirect, TidepoolProperties.Proxy proxy, TidepoolProperties.Ssl ssl) {
		PoolSettings poolSettings = group(prefix + ".pool",
				() -> new PoolSettings(or(pool.getMaxPerUpstream(), base.pool().maxPerUpstream()),
						or(pool.getMaxPending(), base.pool().maxPending()),
						or(pool.getAcquireTimeout(), base.pool().acquireTimeout()),
						or(pool.getMaxLifetime(), base.pool().maxLifetime()),
						or(pool.getMinIdle(), base.pool().minIdle()),
						orNull(pool.getLeakDetectionThreshold(), base.pool().leakDetectionThreshold())));
		KeepAliveSettings keepAliveSettings = group(prefix + ".keep-alive",
				() -> new KeepAliveSettings(orNull(keepAlive.getUpstreamTimeout(), base.keepAlive().upstreamTimeout()),
						orNull(keepAlive.getMargin(), base.keepAlive().margin()),
						or(keepAlive.getHonorHeader(), base.keepAlive().honorHeader()),
						or(keepAlive.getLearn(), base.keepAlive().learn()), maxRequests(keepAlive, base)));
		TimeoutSettings timeoutSettings = group(prefix + ".timeout",
				() -> new TimeoutSettings(or(timeout.getConnect(), base.timeout().connect()),
						or(timeout.getTlsHandshake(), base.timeout().tlsHandshake()),
						or(timeout.getResponse(), base.timeout().response()),
						or(timeout.getRead(), base.timeout().read()),
						orNull(timeout.getCall(), base.timeout().call())));
		DrainSettings drainSettings = group(prefix + ".response",
				() -> new DrainSettings(bytes(response.getDrainMaxSize(), base.drain().maxSize()),
						or(response.getDrainMaxTime(), base.drain().maxTime())));
		ResponseLimits limits = group(prefix + ".response",
				() -> new ResponseLimits(or(response.getMaxHeaderCount(), base.limits().maxHeaderCount()),
						lineLength(response, base),
						or(response.getMaxInterimResponses(), base.limits().maxInterimResponses()),
						bytes(response.getMaxDecompressedSize(), base.limits().maxDecompressedSize())));
		return group(prefix,
				() -> new UpstreamSettings(name, poolSettings, keepAliveSettings, timeoutSettings,
						retry(prefix + ".retry", retry, base.retry()), drainSettings, limits,
						or(redirect.getMax(), base.maxRedirects()), proxy(prefix + ".proxy", proxy, base.proxy()),
						orNull(ssl.getBundle(), base.sslBundle())));
	}

	private static long bytes(@Nullable DataSize size, long otherwise) {
		return (size != null) ? size.toBytes() : otherwise;
	}

	private static int lineLength(TidepoolProperties.Response response, UpstreamSettings base) {
		return (int) Math.min(bytes(response.getMaxLineLength(), base.limits().maxLineLength()), Integer.MAX_VALUE);
	}

	private static int maxRequests(TidepoolProperties.KeepAlive keepAlive, UpstreamSettings base) {
		Integer maxRequests = keepAlive.getMaxRequests();
		if (maxRequests != null && maxRequests < 1) {
			throw new InvalidSettingException("max-requests", maxRequests, "must be at least 1",
					"Set the number of requests after which a connection is closed, or leave it unset.");
		}
		return (maxRequests != null) ? maxRequests : base.keepAlive().maxRequests();
	}

	private static RetrySettings retry(String prefix, TidepoolProperties.Retry retry, RetrySettings base) {
		TidepoolProperties.Backoff backoff = retry.getBackoff();
		BackoffSettings backoffSettings = group(prefix + ".backoff",
				() -> new BackoffSettings(or(backoff.getInitial(), base.backoff().initial()),
						or(backoff.getMultiplier(), base.backoff().multiplier()),
						or(backoff.getMax(), base.backoff().max())));
		TidepoolProperties.Budget budget = retry.getBudget();
		BudgetSettings budgetSettings = group(prefix + ".budget",
				() -> new BudgetSettings(or(budget.getRatio(), base.budget().ratio()),
						or(budget.getMinPerSecond(), base.budget().minPerSecond())));
		return group(prefix,
				() -> new RetrySettings(or(retry.getEnabled(), base.enabled()),
						or(retry.getMaxAttempts(), base.maxAttempts()), backoffSettings,
						or(retry.getStatuses(), base.statuses()), or(retry.getRetryAfterMax(), base.retryAfterMax()),
						budgetSettings, or(retry.getIdempotencyKeyHeaders(), base.idempotencyKeyHeaders())));
	}

	// One unit: a host with a proxy of its own does not inherit another's credentials
	private static ProxySettings proxy(String prefix, TidepoolProperties.Proxy proxy, ProxySettings base) {
		String url = proxy.getUrl();
		boolean own = url != null || proxy.getUseSystem() != null || proxy.getNoProxy() != null
				|| proxy.getUsername() != null || proxy.getPassword() != null;
		if (!own) {
			return base;
		}
		return group(prefix,
				() -> new ProxySettings((url != null) ? ProxySettings.parseUrl(url) : null,
						or(proxy.getUseSystem(), false), noProxy(or(proxy.getNoProxy(), List.of())),
						proxy.getUsername(), proxy.getPassword()));
	}

	private static List<HostPattern> noProxy(List<String> hosts) {
		return hosts.stream().map((host) -> HostPattern.parse("no-proxy", host)).toList();
	}

	private static <T> T group(String prefix, Supplier<T> settings) {
		try {
			return settings.get();
		}
		catch (InvalidSettingException ex) {
			throw new InvalidTidepoolPropertyException(prefix, ex);
		}
	}

	private static <T> T or(@Nullable T value, T base) {
		return Objects.requireNonNullElse(value, base);
	}

	private static <T> @Nullable T orNull(@Nullable T value, @Nullable T base) {
		return (value != null) ? value : base;
	}

	/**
	 * What gave a host to an upstream.
	 */
	private record Claim(String property, String value) {

	}

}
