package dev.tidepool.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Tells which property is wrong, where it was set, and what to set instead.
 */
final class InvalidTidepoolPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidTidepoolPropertyException> {

	private final PropertyOrigins origins;

	InvalidTidepoolPropertyFailureAnalyzer(Environment environment) {
		this.origins = new PropertyOrigins(environment);
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidTidepoolPropertyException cause) {
		String value = (cause.value() != null) ? " with value '" + cause.value() + "'" : "";
		return new FailureAnalysis("The property '%s'%s%s %s.%s".formatted(cause.property(), value,
				this.origins.describe(cause.property(), cause.value()), cause.reason(),
				this.origins.describeOthers(cause.property())), cause.fix(), cause);
	}

}
