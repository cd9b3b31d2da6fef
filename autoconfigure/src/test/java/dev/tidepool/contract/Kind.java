package dev.tidepool.contract;

import java.net.URI;

import org.springframework.http.HttpMethod;

/**
 * The kinds of requests that a repeat tells apart.
 */
enum Kind {

	GET(HttpMethod.GET, true),

	HEAD(HttpMethod.HEAD, true),

	OPTIONS(HttpMethod.OPTIONS, true),

	PUT(HttpMethod.PUT, true),

	DELETE(HttpMethod.DELETE, true),

	POST_WITH_KEY(HttpMethod.POST, true),

	POST(HttpMethod.POST, false),

	PATCH(HttpMethod.PATCH, false);

	private final HttpMethod method;

	private final boolean repeatable;

	Kind(HttpMethod method, boolean repeatable) {
		this.method = method;
		this.repeatable = repeatable;
	}

	/**
	 * Whether it may be sent again.
	 */
	boolean isRepeatable() {
		return this.repeatable;
	}

	/**
	 * A request of this kind, with its name as its id.
	 */
	ContractRequest request(URI uri) {
		ContractRequest request = ContractRequest.of(this.method, uri).id(name());
		if (this == POST_WITH_KEY) {
			request = request.header("Idempotency-Key", "1");
		}
		return (this.method == HttpMethod.POST || this.method == HttpMethod.PUT || this.method == HttpMethod.PATCH)
				? request.body("content") : request;
	}

}
