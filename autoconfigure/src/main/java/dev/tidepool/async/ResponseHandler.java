package dev.tidepool.async;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * Who made a call. Told one of the two, once.
 */
public interface ResponseHandler {

	/**
	 * A response came.
	 * @param response its head
	 * @param body its body, or {@code null} if it has none
	 * @param context what happened on the way
	 */
	void response(HttpResponse response, @Nullable ReceivedBody body, HttpClientContext context);

	/**
	 * There is no response.
	 * @param ex why
	 */
	void failed(Exception ex);

}
