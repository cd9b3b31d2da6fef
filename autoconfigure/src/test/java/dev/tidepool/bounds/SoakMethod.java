package dev.tidepool.bounds;

import org.springframework.http.HttpMethod;

/**
 * What a call of a soak sends.
 */
enum SoakMethod {

	GET(HttpMethod.GET, 50),

	/**
	 * A body that can be sent again, in a request that may be.
	 */
	PUT(HttpMethod.PUT, 8),

	POST(HttpMethod.POST, 26),

	/**
	 * A POST whose body is written while it is sent.
	 */
	UPLOAD(HttpMethod.POST, 13),

	/**
	 * One whose body fails half-way.
	 */
	FAILING_UPLOAD(HttpMethod.POST, 3);

	private final HttpMethod method;

	private final int share;

	SoakMethod(HttpMethod method, int share) {
		this.method = method;
		this.share = share;
	}

	HttpMethod method() {
		return this.method;
	}

	int share() {
		return this.share;
	}

	boolean hasBody() {
		return this != GET;
	}

	boolean mayBeSentTwice() {
		return this == GET || this == PUT;
	}

	boolean isStreamed() {
		return this == UPLOAD || this == FAILING_UPLOAD;
	}

}
