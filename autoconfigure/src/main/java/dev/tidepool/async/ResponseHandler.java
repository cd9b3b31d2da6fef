package dev.tidepool.async;

import java.nio.ByteBuffer;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Who made a call. Told one of the two, once.
 */
public interface ResponseHandler {

	/**
	 * A response came.
	 * @param response its head
	 * @param body its body, to be subscribed to once, or {@code null} if it has none
	 * @param context what happened on the way
	 */
	void response(HttpResponse response, @Nullable Publisher<ByteBuffer> body, HttpClientContext context);

	/**
	 * There is no response.
	 * @param ex why
	 */
	void failed(Exception ex);

}
