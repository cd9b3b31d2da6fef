package dev.tidepool.bounds;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import dev.tidepool.async.AsyncPool;
import dev.tidepool.classic.ClassicPool;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.IdleConnections;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;

/**
 * Where an application counts its connections.
 *
 * @param context the application
 */
public record PoolCounts(ApplicationContext context) {

	public Upstreams upstreams() {
		return this.context.getBean(Upstreams.class);
	}

	public Collection<UpstreamStats> stats() {
		return upstreams().stats();
	}

	/**
	 * Those of one upstream.
	 * @param tag the upstream
	 * @return its own
	 */
	public UpstreamStats stats(String tag) {
		return stats().stream().filter((stats) -> stats.tag().equals(tag)).findFirst().orElseThrow();
	}

	/**
	 * What all upstreams have together.
	 * @param value what one has
	 * @return the sum
	 */
	public long sum(ToLongFunction<UpstreamStats> value) {
		return stats().stream().mapToLong(value).sum();
	}

	public long open() {
		return sum((stats) -> stats.connections().size());
	}

	/**
	 * Connections of an upstream that were closed.
	 * @param stats the upstream's
	 * @return how many, whatever the reason
	 */
	public static long closed(UpstreamStats stats) {
		return Arrays.stream(CloseReason.values()).mapToLong(stats::closed).sum();
	}

	/**
	 * Connections that wait on the shelves of the clients.
	 */
	public int waiting() {
		return Stream.of(ClassicPool.class, AsyncPool.class)
			.flatMap((pool) -> this.context.getBeanProvider(pool).stream())
			.mapToInt((pool) -> ((IdleConnections<?, ?>) ReflectionTestUtils.getField(pool, "idle")).size())
			.sum();
	}

	/**
	 * What has a deadline that is watched.
	 */
	public Collection<?> watched() {
		return (Collection<?>) ReflectionTestUtils.getField(this.context.getBean(SharedPool.class).deadlines(),
				"watched");
	}

}
