/**
 * Sentences on what is wrong and what to change, made of what was counted.
 * <p>
 * Internal: not part of the public API, public only where Java needs it.
 */
@NullMarked
package dev.tidepool.actuate.findings;

import org.jspecify.annotations.NullMarked;
