package dev.tidepool.policy;

import java.util.Set;

/**
 * Which upstreams an application cannot do without, so that their state is its own.
 *
 * @param downWhenSaturated names of upstreams that must not be saturated
 * @param downWhenUnreachable names of upstreams that must be reachable
 */
public record HealthSettings(Set<String> downWhenSaturated, Set<String> downWhenUnreachable) {

	/**
	 * In place of a name: every upstream.
	 */
	public static final String ALL = "*";

	public HealthSettings {
		downWhenSaturated = Set.copyOf(downWhenSaturated);
		downWhenUnreachable = Set.copyOf(downWhenUnreachable);
	}

	/**
	 * Check that a list names what there is: a name with a typing error would never be
	 * down.
	 * @param key the key of the list
	 * @param names the list
	 * @param upstreams the names of all upstreams that are configured
	 */
	public static void requireKnown(String key, Iterable<String> names, Set<String> upstreams) {
		for (String name : names) {
			InvalidSettingException.require(key, name, (each) -> each.equals(ALL) || upstreams.contains(each),
					"is no upstream", "Name upstreams of tidepool.upstreams, or * for all.");
		}
	}

	public boolean downWhenSaturated(String upstream) {
		return isIn(this.downWhenSaturated, upstream);
	}

	public boolean downWhenUnreachable(String upstream) {
		return isIn(this.downWhenUnreachable, upstream);
	}

	private static boolean isIn(Set<String> names, String upstream) {
		return names.contains(upstream) || names.contains(ALL);
	}

}
