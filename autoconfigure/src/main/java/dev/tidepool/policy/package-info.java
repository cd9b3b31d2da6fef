/**
 * Settings and pure decisions: no I/O, no Spring, no Micrometer; the clock is passed in.
 * <p>
 * Internal: not part of the public API, public only where Java needs it.
 */
@NullMarked
package dev.tidepool.policy;

import org.jspecify.annotations.NullMarked;
