package dev.tidepool.actuate;

import org.jspecify.annotations.Nullable;

import dev.tidepool.actuate.findings.Finding;

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

	/**
	 * Describe a finding.
	 * @param finding the finding
	 * @return what is shown of it
	 */
	public static FindingDescriptor of(Finding finding) {
		return new FindingDescriptor(finding.id(), finding.upstream(), finding.message(), finding.property(),
				finding.suggestion());
	}

}
