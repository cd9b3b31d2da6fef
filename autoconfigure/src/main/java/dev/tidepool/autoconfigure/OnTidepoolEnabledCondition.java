package dev.tidepool.autoconfigure;

import java.util.Locale;
import java.util.Set;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless {@code tidepool.enabled} is false in any of the ways that Boot reads as
 * false. Boot's own condition takes everything but {@code true} for false, {@code on} and
 * typing errors too; here these go on to the binding, which accepts or refuses them.
 */
final class OnTidepoolEnabledCondition extends SpringBootCondition {

	private static final String PROPERTY = TidepoolProperties.PREFIX + ".enabled";

	private static final Set<String> FALSE = Set.of("false", "off", "no", "0");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Tidepool");
		String enabled = context.getEnvironment().getProperty(PROPERTY);
		if (enabled == null) {
			return ConditionOutcome.match(message.because(PROPERTY + " is not set"));
		}
		return new ConditionOutcome(!FALSE.contains(enabled.strip().toLowerCase(Locale.ROOT)),
				message.because(PROPERTY + " is '" + enabled + "'"));
	}

}
