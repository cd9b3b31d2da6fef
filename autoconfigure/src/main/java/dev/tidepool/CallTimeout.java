package dev.tidepool;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpRequestInterceptor;

/**
 * The longest time for one call, set on its request: it goes before the
 * {@code tidepool.timeout.call} of the upstream, whichever is longer, and covers the
 * same: waiting for a connection, resolving, connecting, sending, the response with its
 * body, repeats and redirects. A call that is not over by then ends with a
 * {@link java.net.SocketTimeoutException} that names {@link #ATTRIBUTE}, in the
 * {@code ResourceAccessException} of RestClient and RestTemplate or the
 * {@code WebClientRequestException} of WebClient.
 *
 * <pre class="code">
 * restClient.get().uri("/stock").attributes(CallTimeout.of(Duration.ofMillis(300))).retrieve();
 *
 * webClient.get().uri("/stock").attributes(CallTimeout.of(Duration.ofMillis(300))).retrieve();
 *
 * &#64;GetExchange("/stock")
 * Stock stock(&#64;RequestAttribute(CallTimeout.ATTRIBUTE) Duration timeout);
 *
 * restTemplateBuilder.interceptors(CallTimeout.interceptor(Duration.ofMillis(300))).build();
 * </pre>
 * <p>
 * Code of the application that writes a request body is not interrupted: it fails at its
 * next write. Spring's {@code BufferingClientHttpRequestFactory} hands no attributes on,
 * so {@code RestClient.Builder.bufferContent} needs at least one interceptor beside it.
 */
public final class CallTimeout {

	/**
	 * The request attribute. Its value is a {@link Duration} above zero.
	 */
	public static final String ATTRIBUTE = "dev.tidepool.CallTimeout";

	private CallTimeout() {
	}

	/**
	 * Set the time-out of a call, for the {@code attributes} methods of RestClient and
	 * WebClient. In {@code defaultRequest} of their builders it counts for each call.
	 * @param timeout the longest time for the call, above zero
	 * @return sets the attribute
	 * @throws IllegalArgumentException if the time-out is zero or negative
	 */
	public static Consumer<Map<String, Object>> of(Duration timeout) {
		Duration valid = require(timeout);
		return (attributes) -> attributes.put(ATTRIBUTE, valid);
	}

	/**
	 * Set the time-out of each call of a RestTemplate or RestClient that has none of its
	 * own.
	 * @param timeout the longest time for a call, above zero
	 * @return sets the attribute where it is missing
	 * @throws IllegalArgumentException if the time-out is zero or negative
	 */
	public static ClientHttpRequestInterceptor interceptor(Duration timeout) {
		Duration valid = require(timeout);
		return (request, body, execution) -> {
			request.getAttributes().putIfAbsent(ATTRIBUTE, valid);
			return execution.execute(request, body);
		};
	}

	/**
	 * The time-out that a request carries.
	 * @param attributes the attributes of the request
	 * @return the time-out, or {@code null} if there is none
	 * @throws IllegalArgumentException if the attribute is no duration above zero
	 */
	public static @Nullable Duration in(Map<String, ?> attributes) {
		Object value = attributes.get(ATTRIBUTE);
		return (value != null) ? require(value) : null;
	}

	private static Duration require(Object value) {
		if (value instanceof Duration timeout && timeout.compareTo(Duration.ZERO) > 0) {
			return timeout;
		}
		throw new IllegalArgumentException(
				"The request attribute '%s' must be a java.time.Duration above zero, but is '%s' (%s)"
					.formatted(ATTRIBUTE, value, value.getClass().getName()));
	}

}
