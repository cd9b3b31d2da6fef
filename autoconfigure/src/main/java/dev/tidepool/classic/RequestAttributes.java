package dev.tidepool.classic;

import java.util.Map;

import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * The attributes of the request that a call was made with, on their way to the call.
 */
public final class RequestAttributes {

	private static final String IN_CONTEXT = RequestAttributes.class.getName();

	private RequestAttributes() {
	}

	/**
	 * Hand the attributes of a request on.
	 * @param context the context that the request is going to be executed in
	 * @param attributes the attributes, looked at when it is
	 */
	public static void put(HttpContext context, Map<String, Object> attributes) {
		context.setAttribute(IN_CONTEXT, attributes);
	}

	@SuppressWarnings("unchecked")
	static Map<String, ?> of(HttpContext context) {
		Object attributes = context.getAttribute(IN_CONTEXT);
		return (attributes != null) ? (Map<String, Object>) attributes : Map.of();
	}

}
