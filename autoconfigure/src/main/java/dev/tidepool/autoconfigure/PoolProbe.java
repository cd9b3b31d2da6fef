package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.io.Serial;
import java.net.URI;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.AbstractClientHttpRequestFactoryWrapper;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.support.HttpRequestWrapper;
import org.springframework.web.client.RestClient;

/**
 * Finds out whether a client goes through the pool, without a request: it has a request
 * made, but not executed, for an address by which {@link PooledRequestFactory} knows that
 * it is asked. A RestClient does not give its request factory away; so a copy of it is
 * used whose interceptors are replaced by one that goes on to the factory, and that stops
 * as soon as this has made a request. Of the client's own code only its default request
 * runs.
 * <p>
 * Cannot tell, and says so, if a factory refuses the address. Is wrong about a factory
 * that gives another address on to ours, and about an
 * InterceptingClientHttpRequestFactory that was given to a RestClient.Builder by hand.
 */
final class PoolProbe {

	/**
	 * Compared by identity: nobody else asks for it.
	 */
	static final URI ADDRESS = URI.create("http://tidepool.invalid/");

	private PoolProbe() {
	}

	static Answer ask(ClientHttpRequestFactory factory) {
		ClientHttpRequestFactory innermost = factory;
		while (innermost instanceof AbstractClientHttpRequestFactoryWrapper wrapper) {
			innermost = wrapper.getDelegate();
		}
		try {
			innermost.createRequest(ADDRESS, HttpMethod.GET);
			return Answer.BYPASSES;
		}
		catch (IOException | RuntimeException ex) {
			return isPooled(ex) ? Answer.POOLED : Answer.UNKNOWN;
		}
	}

	static Answer ask(RestClient client) {
		boolean[] made = new boolean[1];
		try {
			client.mutate()
				.observationRegistry(ObservationRegistry.NOOP)
				.requestInitializers((initializers) -> initializers.clear())
				.requestInterceptors((interceptors) -> {
					interceptors.clear();
					interceptors
						.add((request, body, execution) -> execution.execute(new StoppingRequest(request, made), body));
				})
				.build()
				.get()
				.uri(ADDRESS)
				.apiVersion(null)
				.exchange((request, response) -> "");
			return Answer.UNKNOWN;
		}
		catch (RuntimeException ex) {
			return isPooled(ex) ? Answer.POOLED : made[0] ? Answer.BYPASSES : Answer.UNKNOWN;
		}
	}

	static boolean isPooled(Throwable thrown) {
		for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
			if (cause instanceof Pooled) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What became of the question.
	 */
	enum Answer {

		/**
		 * The client goes through the pool.
		 */
		POOLED,

		/**
		 * It does not.
		 */
		BYPASSES,

		/**
		 * It did not answer.
		 */
		UNKNOWN

	}

	/**
	 * The answer of what uses the pool.
	 */
	static final class Pooled extends RuntimeException {

		@Serial
		private static final long serialVersionUID = 1L;

		Pooled() {
			super("This uses the pool", null, false, false);
		}

	}

	/**
	 * Its headers are read to copy them into the request that the factory has made.
	 */
	private static final class StoppingRequest extends HttpRequestWrapper {

		private final boolean[] made;

		StoppingRequest(HttpRequest request, boolean[] made) {
			super(request);
			this.made = made;
		}

		@Override
		public HttpHeaders getHeaders() {
			this.made[0] = true;
			throw new IllegalStateException("Not to be executed");
		}

	}

}
