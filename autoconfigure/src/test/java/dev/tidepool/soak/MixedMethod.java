package dev.tidepool.soak;

import org.springframework.http.HttpMethod;

/**
 * What a call sends.
 */
enum MixedMethod implements Share {

	GET(HttpMethod.GET, 45),

	PUT(HttpMethod.PUT, 15),

	/**
	 * What nobody may send twice.
	 */
	POST(HttpMethod.POST, 28),

	/**
	 * What may be sent again, since the upstream knows it again.
	 */
	KEYED_POST(HttpMethod.POST, 12);

	private final HttpMethod method;

	private final int share;

	MixedMethod(HttpMethod method, int share) {
		this.method = method;
		this.share = share;
	}

	HttpMethod method() {
		return this.method;
	}

	@Override
	public int share() {
		return this.share;
	}

	boolean hasBody() {
		return this != GET;
	}

	boolean isKeyed() {
		return this == KEYED_POST;
	}

	/**
	 * How often the request of one call may arrive, be it in part.
	 */
	int mostArrivals() {
		// Three attempts, and the free one after a loss on a reused connection
		return (this == POST) ? 1 : 3 + 1;
	}

}
