package dev.tidepool.call;

import java.util.Map;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The context of a request that carries the attributes which it was made with, in a field
 * of its own: the map of other attributes, which nothing else needs, is never made.
 */
public final class CallContext extends HttpClientContext {

	private static final String IN_OTHERS = CallContext.class.getName();

	private Map<String, ?> requestAttributes = Map.of();

	private final @Nullable CallerSettings caller;

	/**
	 * Create a context for a client that only one caller has.
	 */
	public CallContext() {
		this(null);
	}

	/**
	 * Create a context for a client that several callers have.
	 * @param caller whose request it is
	 */
	public CallContext(@Nullable CallerSettings caller) {
		this.caller = caller;
	}

	/**
	 * Whose request it is.
	 * @return the settings of the caller, or {@code null} if the client has only one
	 */
	public @Nullable CallerSettings caller() {
		return this.caller;
	}

	/**
	 * Hand the attributes of a request on to the call that it becomes.
	 * @param context the context that the request is going to be executed in
	 * @param attributes the attributes, looked at when it is
	 */
	public static void requestAttributes(HttpContext context, Map<String, ?> attributes) {
		if (context instanceof CallContext ours) {
			ours.requestAttributes = attributes;
		}
		else {
			context.setAttribute(IN_OTHERS, attributes);
		}
	}

	@SuppressWarnings("unchecked")
	static Map<String, ?> requestAttributes(HttpContext context) {
		if (context instanceof CallContext ours) {
			return ours.requestAttributes;
		}
		Object attributes = context.getAttribute(IN_OTHERS);
		return (attributes != null) ? (Map<String, ?>) attributes : Map.of();
	}

}
