package dev.tidepool.contract;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.http.HttpMethod;

import dev.tidepool.CallTimeout;

/**
 * A request as both clients can make it.
 *
 * @param method its method
 * @param uri where it goes
 * @param headers its headers
 * @param body its body in one piece, or {@code null}
 * @param parts its body as parts that are only known when it is sent, or {@code null}
 * @param attributes its attributes
 */
record ContractRequest(HttpMethod method, URI uri, Map<String, String> headers, String body, Iterable<String> parts,
		Map<String, Object> attributes) {

	static ContractRequest of(HttpMethod method, URI uri) {
		return new ContractRequest(method, uri, Map.of(), null, null, Map.of());
	}

	static ContractRequest get(URI uri) {
		return of(HttpMethod.GET, uri);
	}

	static ContractRequest post(URI uri) {
		return of(HttpMethod.POST, uri).body("content");
	}

	static ContractRequest put(URI uri) {
		return of(HttpMethod.PUT, uri).body("content");
	}

	/**
	 * By which the server counts it.
	 */
	ContractRequest id(String id) {
		return header("X-Id", id);
	}

	ContractRequest header(String name, String value) {
		Map<String, String> headers = new LinkedHashMap<>(this.headers);
		headers.put(name, value);
		return new ContractRequest(this.method, this.uri, headers, this.body, this.parts, this.attributes);
	}

	ContractRequest body(String body) {
		return new ContractRequest(this.method, this.uri, this.headers, body, null, this.attributes);
	}

	ContractRequest parts(Iterable<String> parts) {
		return new ContractRequest(this.method, this.uri, this.headers, null, parts, this.attributes);
	}

	/**
	 * Bound the whole call.
	 */
	ContractRequest within(Duration timeout) {
		return attribute(CallTimeout.ATTRIBUTE, timeout);
	}

	ContractRequest attribute(String name, Object value) {
		Map<String, Object> attributes = new LinkedHashMap<>(this.attributes);
		attributes.put(name, value);
		return new ContractRequest(this.method, this.uri, this.headers, this.body, this.parts, attributes);
	}

}
