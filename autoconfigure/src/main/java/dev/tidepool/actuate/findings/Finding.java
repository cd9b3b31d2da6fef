package dev.tidepool.actuate.findings;

import org.jspecify.annotations.Nullable;

/**
 * Something that is not as it should be.
 *
 * @param id what kind it is, such as {@code callers-wait}; never changes, so that alerts
 * may name it
 * @param upstream the name of the upstream, or {@code null} if it concerns the whole
 * application
 * @param message one sentence with what was measured and what to do
 * @param property the property to set, or {@code null} if no property helps
 * @param suggestedValue the value to set it to, or {@code null} if that is for the user
 * to know
 */
public record Finding(String id, @Nullable String upstream, String message, @Nullable String property,
		@Nullable String suggestedValue) {

}
