package dev.tidepool.benchmarks;

import java.nio.charset.StandardCharsets;

/**
 * What is sent and answered, and over what.
 */
enum Exchange {

	/**
	 * GET of 180 bytes.
	 */
	GET(false, false),

	/**
	 * POST of a small JSON document, answered with another one.
	 */
	POST(true, false),

	/**
	 * The same as {@link #GET}, over TLS.
	 */
	TLS_GET(false, true),

	/**
	 * The same as {@link #POST}, over TLS.
	 */
	TLS_POST(true, true);

	/**
	 * What a GET is answered with: 180 bytes.
	 */
	static final String TEXT = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW\n".repeat(3);

	/**
	 * What a POST sends.
	 */
	static final String ORDER = """
			{"sku":"compass-17","quantity":2,"warehouse":"north","gift":false,"note":"leave it at the door"}""";

	/**
	 * What a POST is answered with.
	 */
	static final String RECEIPT = """
			{"order":"4711-0042","state":"accepted","items":[{"sku":"compass-17","quantity":2,"price":24.90}],\
			"total":49.80,"currency":"EUR"}""";

	private final boolean post;

	private final boolean tls;

	Exchange(boolean post, boolean tls) {
		this.post = post;
		this.tls = tls;
	}

	boolean isPost() {
		return this.post;
	}

	boolean isTls() {
		return this.tls;
	}

	String path() {
		return this.post ? "/orders" : "/items/1";
	}

	/**
	 * The body of the request.
	 * @return a new array, empty for a GET
	 */
	byte[] sent() {
		return this.post ? ORDER.getBytes(StandardCharsets.US_ASCII) : new byte[0];
	}

	/**
	 * How long the body of the answer is.
	 * @return how many bytes
	 */
	int answerLength() {
		return (this.post ? RECEIPT : TEXT).length();
	}

}
