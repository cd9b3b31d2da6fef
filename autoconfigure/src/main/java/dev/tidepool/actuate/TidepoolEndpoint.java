package dev.tidepool.actuate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.connection.ConnectionSnapshot;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.StatsSnapshot;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.InvalidSettingException;

/**
 * Shows what the pool does, and why, and lets an operator change it. Only reads, until
 * {@code management.endpoint.tidepool.access} is {@code unrestricted}: who may look may
 * not yet turn the pool down.
 */
@Endpoint(id = "tidepool", defaultAccess = Access.READ_ONLY)
public final class TidepoolEndpoint {

	private static final Log logger = LogFactory.getLog(TidepoolEndpoint.class);

	private final Upstreams upstreams;

	private final PoolControl control;

	private final SettingsInForce settings;

	private final Supplier<List<Finding>> findings;

	/**
	 * Create an endpoint.
	 * @param upstreams what to show
	 * @param control what to change it by
	 * @param settings the settings in force
	 * @param findings what an operator should know
	 */
	public TidepoolEndpoint(Upstreams upstreams, PoolControl control, SettingsInForce settings,
			Supplier<List<Finding>> findings) {
		this.upstreams = upstreams;
		this.control = control;
		this.settings = settings;
		this.findings = findings;
	}

	/**
	 * Everything, without the details of each upstream.
	 * @return the state of this moment
	 */
	@ReadOperation
	public TidepoolDescriptor tidepool() {
		List<Finding> findings = this.findings.get();
		List<StatsSnapshot> snapshots = snapshots(this.upstreams.clock().nanoTime());
		return new TidepoolDescriptor(List.of(PoolDescriptor.of(this.upstreams)),
				snapshots.stream()
					.map((stats) -> UpstreamDescriptors.summary(stats, max(stats), findingsOf(stats.name(), findings)))
					.toList(),
				this.settings.general(), findings);
	}

	private List<StatsSnapshot> snapshots(long now) {
		List<StatsSnapshot> snapshots = new ArrayList<>();
		Set<String> notYetCalled = new LinkedHashSet<>(this.upstreams.catalog().names());
		for (UpstreamStats stats : this.upstreams.stats()) {
			snapshots.add(stats.snapshot(now));
			notYetCalled.remove(stats.tag());
		}
		notYetCalled.forEach((name) -> snapshots.add(StatsSnapshot.nothingYet(name, now)));
		return snapshots;
	}

	// Without addresses there are no limits to add up
	private long max(StatsSnapshot stats) {
		return stats.members().isEmpty() ? this.upstreams.maxPerUpstream(stats.name()) : stats.max();
	}

	/**
	 * One upstream in detail.
	 * @param upstream its name
	 * @return the state of this moment, or {@code null} if no upstream of this name was
	 * configured or called
	 */
	@ReadOperation
	public @Nullable UpstreamDescriptor upstream(@Selector String upstream) {
		long now = this.upstreams.clock().nanoTime();
		for (UpstreamStats stats : this.upstreams.stats()) {
			if (stats.tag().equals(upstream)) {
				return detail(stats.snapshot(now), stats.oldestConnections(UpstreamDescriptors.MAX_LISTED, now));
			}
		}
		return this.upstreams.catalog().names().contains(upstream)
				? detail(StatsSnapshot.nothingYet(upstream, now), List.of()) : null;
	}

	private UpstreamDescriptor detail(StatsSnapshot stats, List<ConnectionSnapshot> oldest) {
		return UpstreamDescriptors.detail(stats, max(stats), oldest, this.settings.of(stats.name()),
				findingsOf(stats.name(), this.findings.get()));
	}

	/**
	 * Change {@code tidepool.pool.max-total} until the application ends.
	 * @param maxTotal connections to all upstreams; idle ones beyond it are evicted
	 * @return what was changed
	 * @throws InvalidEndpointRequestException if the property may not have this value
	 */
	@WriteOperation
	public LimitDescriptor limitTotal(int maxTotal) {
		int before = this.upstreams.gate().maxTotal();
		checked(() -> this.control.maxTotal(maxTotal));
		logger.info("Changed max-total from %d to %d".formatted(before, maxTotal));
		return new LimitDescriptor(null, "max-total", before, maxTotal);
	}

	/**
	 * Change {@code max-per-upstream} of one upstream until the application ends.
	 * @param upstream its name
	 * @param maxPerUpstream connections to it; idle ones beyond it are evicted
	 * @return what was changed
	 * @throws InvalidEndpointRequestException if the property may not have this value
	 * @throws NoSuchElementException if there is no such upstream
	 */
	@WriteOperation
	public LimitDescriptor limitUpstream(@Selector String upstream, int maxPerUpstream) {
		int before = this.upstreams.maxPerUpstream(upstream);
		checked(() -> this.control.maxPerUpstream(upstream, maxPerUpstream));
		logger.info(
				"Changed max-per-upstream of upstream '%s' from %d to %d".formatted(upstream, before, maxPerUpstream));
		return new LimitDescriptor(upstream, "max-per-upstream", before, maxPerUpstream);
	}

	/**
	 * Close all idle connections.
	 * @return how many
	 */
	@DeleteOperation
	public EvictionDescriptor evictIdle() {
		int evicted = this.control.evictIdle();
		logger.info("Evicted %d idle connections, all there were".formatted(evicted));
		return new EvictionDescriptor(evicted);
	}

	/**
	 * Close the idle connections of one upstream.
	 * @param upstream its name
	 * @return how many
	 * @throws NoSuchElementException if there is no such upstream
	 */
	@DeleteOperation
	public EvictionDescriptor evictIdleOfUpstream(@Selector String upstream) {
		int evicted = this.control.evictIdle(upstream);
		logger.info("Evicted %d idle connections of upstream '%s'".formatted(evicted, upstream));
		return new EvictionDescriptor(evicted);
	}

	private static void checked(Runnable change) {
		try {
			change.run();
		}
		catch (InvalidSettingException ex) {
			String message = Objects.requireNonNull(ex.getMessage());
			throw new InvalidEndpointRequestException(message, message, ex);
		}
	}

	private static List<Finding> findingsOf(String upstream, List<Finding> findings) {
		return findings.stream().filter((finding) -> Objects.equals(finding.upstream(), upstream)).toList();
	}

	/**
	 * Everything, without the details of each upstream.
	 *
	 * @param pools the pools
	 * @param upstreams the upstreams that were configured or called
	 * @param settings the settings of the application, and of every upstream without its
	 * own
	 * @param findings what an operator should know
	 */
	record TidepoolDescriptor(List<PoolDescriptor> pools, List<UpstreamDescriptor> upstreams,
			List<SettingDescriptor> settings, List<Finding> findings) implements OperationResponseBody {

	}

	/**
	 * A limit that was changed.
	 *
	 * @param upstream the upstream, {@code null} for all of them together
	 * @param limit {@code max-total} or {@code max-per-upstream}
	 * @param before the limit before
	 * @param inForce the limit now
	 */
	public record LimitDescriptor(@Nullable String upstream, String limit, int before,
			int inForce) implements OperationResponseBody {

	}

	/**
	 * Idle connections that were evicted.
	 *
	 * @param evicted how many
	 */
	public record EvictionDescriptor(int evicted) implements OperationResponseBody {

	}

}
