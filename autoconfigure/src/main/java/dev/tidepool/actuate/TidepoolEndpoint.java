package dev.tidepool.actuate;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

import dev.tidepool.connection.StatsSnapshot;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;

/**
 * Shows what the pool does, and why, and lets an operator change it. Only reads, until
 * {@code management.endpoint.tidepool.access} is {@code unrestricted}: who may look may
 * not yet turn the pool down.
 */
@Endpoint(id = "tidepool", defaultAccess = Access.READ_ONLY)
public final class TidepoolEndpoint {

	private final Upstreams upstreams;

	private final SettingsInForce settings;

	private final Supplier<List<FindingDescriptor>> findings;

	/**
	 * Create an endpoint.
	 * @param upstreams what to show
	 * @param settings the settings in force
	 * @param findings what an operator should know
	 */
	public TidepoolEndpoint(Upstreams upstreams, SettingsInForce settings, Supplier<List<FindingDescriptor>> findings) {
		this.upstreams = upstreams;
		this.settings = settings;
		this.findings = findings;
	}

	/**
	 * Everything, without the details of each upstream.
	 * @return the state of this moment
	 */
	@ReadOperation
	public TidepoolDescriptor tidepool() {
		long now = this.upstreams.clock().nanoTime();
		List<FindingDescriptor> findings = this.findings.get();
		List<StatsSnapshot> snapshots = this.upstreams.stats().stream().map((stats) -> stats.snapshot(now)).toList();
		return new TidepoolDescriptor(List.of(PoolDescriptor.of("blocking", snapshots, this.upstreams)),
				snapshots.stream()
					.map((stats) -> UpstreamDescriptors.summary(stats, findingsOf(stats.name(), findings)))
					.toList(),
				this.settings.general(), findings);
	}

	/**
	 * One upstream in detail.
	 * @param upstream its name
	 * @return the state of this moment, or {@code null} if there is no such upstream
	 */
	@ReadOperation
	public @Nullable UpstreamDescriptor upstream(@Selector String upstream) {
		for (UpstreamStats stats : this.upstreams.stats()) {
			if (stats.tag().equals(upstream)) {
				long now = this.upstreams.clock().nanoTime();
				return UpstreamDescriptors.detail(stats.snapshot(now),
						stats.oldestConnections(UpstreamDescriptors.MAX_LISTED, now), this.settings.of(upstream),
						findingsOf(upstream, this.findings.get()));
			}
		}
		return null;
	}

	private static List<FindingDescriptor> findingsOf(String upstream, List<FindingDescriptor> findings) {
		return findings.stream().filter((finding) -> Objects.equals(finding.upstream(), upstream)).toList();
	}

	/**
	 * Everything, without the details of each upstream.
	 *
	 * @param pools the pools
	 * @param upstreams the upstreams that were called
	 * @param settings the settings of the application, and of every upstream without its
	 * own
	 * @param findings what an operator should know
	 */
	record TidepoolDescriptor(List<PoolDescriptor> pools, List<UpstreamDescriptor> upstreams,
			List<SettingDescriptor> settings, List<FindingDescriptor> findings) implements OperationResponseBody {

	}

}
