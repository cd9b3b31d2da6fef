package dev.tidepool.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches unless a property of Boot asks for another HTTP client.
 */
abstract class OnHttpComponentsCondition extends SpringBootCondition {

	private final String property;

	OnHttpComponentsCondition(String property) {
		this.property = property;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Tidepool's HTTP client");
		String client = context.getEnvironment().getProperty(this.property);
		if (!StringUtils.hasText(client)) {
			return ConditionOutcome.match(message.because(this.property + " is not set"));
		}
		boolean matches = client.replaceAll("[^A-Za-z]", "").equalsIgnoreCase("httpcomponents");
		return new ConditionOutcome(matches, message.because(this.property + " is '" + client + "'"));
	}

}
