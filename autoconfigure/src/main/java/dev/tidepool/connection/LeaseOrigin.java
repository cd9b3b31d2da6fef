package dev.tidepool.connection;

import java.io.Serial;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * The stack of the caller that took a connection. Taking it is a native copy of return
 * addresses; frames are only made of it when it is shown.
 */
final class LeaseOrigin extends Exception {

	@Serial
	private static final long serialVersionUID = 1L;

	private static final List<String> POOL = List.of("dev.tidepool.classic.", "dev.tidepool.async.",
			"dev.tidepool.call.", "dev.tidepool.connection.", "dev.tidepool.autoconfigure.", "org.apache.hc.");

	private static final List<String> LIBRARIES = List.of("org.springframework.", "java.", "javax.", "jdk.", "sun.",
			"com.sun.", "io.micrometer.", "kotlin.", "kotlinx.", "reactor.", "org.aspectj.");

	private static final List<String> GENERATED = List.of("$Proxy", "$$");

	LeaseOrigin() {
		super("Taken by thread " + Thread.currentThread().getName());
	}

	/**
	 * Cut off what is below the call of the HTTP client.
	 * @return this
	 */
	LeaseOrigin trimmed() {
		setStackTrace(Arrays.stream(getStackTrace())
			.dropWhile((frame) -> startsWithAny(frame, POOL))
			.toArray(StackTraceElement[]::new));
		return this;
	}

	/**
	 * The nearest caller that is neither Spring nor the JDK nor generated.
	 * @return class, method and line
	 */
	String place() {
		StackTraceElement[] stack = trimmed().getStackTrace();
		return Arrays.stream(stack)
			.filter(Predicate.not(LeaseOrigin::isOfLibrary))
			.findFirst()
			.or(() -> Arrays.stream(stack).findFirst())
			.map((frame) -> "%s.%s(%d)".formatted(frame.getClassName(), frame.getMethodName(), frame.getLineNumber()))
			.orElse("unknown");
	}

	private static boolean isOfLibrary(StackTraceElement frame) {
		return startsWithAny(frame, LIBRARIES) || GENERATED.stream().anyMatch(frame.getClassName()::contains);
	}

	private static boolean startsWithAny(StackTraceElement frame, List<String> prefixes) {
		return prefixes.stream().anyMatch(frame.getClassName()::startsWith);
	}

}
