package dev.tidepool.connection;

/**
 * The clients that share the pool. A connection belongs to one of them for as long as it
 * lives.
 */
public enum ClientKind {

	/**
	 * RestClient, RestTemplate and HTTP service groups on them: a thread waits for each
	 * call.
	 */
	BLOCKING,

	/**
	 * WebClient and HTTP service groups on it: no thread waits for a call.
	 */
	REACTIVE

}
