package dev.tidepool.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which settings hold for which host: of the patterns that match, the most exact one.
 */
public final class UpstreamCatalog {

	// Hosts before wildcards, a port before none, longer domains before shorter
	private static final Comparator<HostPattern> MOST_EXACT_FIRST = Comparator.comparing(HostPattern::wildcard)
		.thenComparing((pattern) -> pattern.port() == -1)
		.thenComparing((pattern) -> -pattern.host().length())
		.thenComparing(HostPattern::toString);

	private final UpstreamSettings defaults;

	private final Map<HostPattern, UpstreamSettings> byPattern;

	public UpstreamCatalog(UpstreamSettings defaults, Map<HostPattern, UpstreamSettings> byPattern) {
		this.defaults = defaults;
		this.byPattern = new LinkedHashMap<>();
		List<HostPattern> patterns = new ArrayList<>(byPattern.keySet());
		patterns.sort(MOST_EXACT_FIRST);
		for (HostPattern pattern : patterns) {
			this.byPattern.put(pattern, byPattern.get(pattern));
		}
	}

	public UpstreamSettings defaults() {
		return this.defaults;
	}

	public List<UpstreamSettings> all() {
		List<UpstreamSettings> all = new ArrayList<>(this.byPattern.values());
		all.add(this.defaults);
		return all.stream().distinct().toList();
	}

	/**
	 * The upstreams that are configured.
	 * @return their names
	 */
	public Set<String> names() {
		return all().stream()
			.map(UpstreamSettings::name)
			.flatMap(Stream::ofNullable)
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	/**
	 * The settings of a name.
	 * @param name the name of an upstream, configured or not
	 * @return its settings, the defaults if it has none of its own
	 */
	public UpstreamSettings named(String name) {
		return this.byPattern.values()
			.stream()
			.filter((settings) -> name.equals(settings.name()))
			.findFirst()
			.orElse(this.defaults);
	}

	public UpstreamSettings find(String host, int port) {
		for (Map.Entry<HostPattern, UpstreamSettings> entry : this.byPattern.entrySet()) {
			if (entry.getKey().matches(host, port)) {
				return entry.getValue();
			}
		}
		return this.defaults;
	}

}
