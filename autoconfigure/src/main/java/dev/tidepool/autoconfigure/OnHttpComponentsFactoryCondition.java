package dev.tidepool.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches unless {@code spring.http.clients.imperative.factory} asks for another client.
 */
final class OnHttpComponentsFactoryCondition extends SpringBootCondition {

	private static final String PROPERTY = "spring.http.clients.imperative.factory";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Tidepool's HTTP client");
		String factory = context.getEnvironment().getProperty(PROPERTY);
		if (!StringUtils.hasText(factory)) {
			return ConditionOutcome.match(message.because(PROPERTY + " is not set"));
		}
		boolean matches = factory.replaceAll("[^A-Za-z]", "").equalsIgnoreCase("httpcomponents");
		return new ConditionOutcome(matches, message.because(PROPERTY + " is '" + factory + "'"));
	}

}
