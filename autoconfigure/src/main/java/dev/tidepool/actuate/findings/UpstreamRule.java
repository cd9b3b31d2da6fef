package dev.tidepool.actuate.findings;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether one kind of fault is there. A pure function. What it goes by are counts
 * of the last minutes, so that its finding goes by itself some minutes after the fault.
 */
@FunctionalInterface
interface UpstreamRule {

	/**
	 * Look at one upstream.
	 * @param evidence what was seen of it
	 * @return the finding, or {@code null} if there is none
	 */
	@Nullable Finding check(Evidence evidence);

}
