package dev.tidepool.actuate;

import org.jspecify.annotations.Nullable;

/**
 * Something that an operator should know, and what to do about it.
 *
 * @param id what it is, the same each time
 * @param upstream the upstream that it is about, {@code null} for the whole application
 * @param message a sentence with the number that was measured
 * @param property the property to set, {@code null} if there is none
 * @param suggestedValue the value to set it to, {@code null} if it takes a human to tell
 */
public record FindingDescriptor(String id, @Nullable String upstream, String message, @Nullable String property,
		@Nullable String suggestedValue) {

}
