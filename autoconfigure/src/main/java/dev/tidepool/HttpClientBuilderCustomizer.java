package dev.tidepool;

import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * A bean that changes how the light HttpClient is built that each {@code RestClient},
 * {@code RestTemplate} and HTTP service group gets over the shared pool: interceptors,
 * default headers, a user agent, credentials. Has no effect on {@code WebClient}.
 * <p>
 * The connection manager, the request executor, the reuse and keep-alive strategies and
 * the retry element of the execution chain are Tidepool's, and are put back after all
 * customizers have run.
 */
@FunctionalInterface
public interface HttpClientBuilderCustomizer {

	/**
	 * Change the builder. Called once for each client that is built.
	 * @param builder the builder
	 */
	void customize(HttpClientBuilder builder);

}
