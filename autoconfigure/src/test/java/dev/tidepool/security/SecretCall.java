package dev.tidepool.security;

import java.net.URI;
import java.nio.charset.StandardCharsets;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/**
 * A call that carries a secret wherever there is room for one.
 *
 * @param method its method
 * @param uri where it goes
 * @param header a further header, or {@code null}
 */
record SecretCall(HttpMethod method, URI uri, String header) {

	static SecretCall get(String url) {
		return new SecretCall(HttpMethod.GET, URI.create(url), null);
	}

	static SecretCall post(String url) {
		return new SecretCall(HttpMethod.POST, URI.create(url), null);
	}

	SecretCall header(String value) {
		return new SecretCall(this.method, this.uri, value);
	}

	void through(RestClient client) {
		RestClient.RequestBodySpec spec = client.method(this.method).uri(this.uri).headers(this::headers);
		if (this.method == HttpMethod.POST) {
			spec.body(body());
		}
		spec.retrieve().onStatus((status) -> true, (request, response) -> {
		}).toEntity(byte[].class);
	}

	void through(WebClient client) {
		WebClient.RequestBodySpec spec = client.method(this.method).uri(this.uri).headers(this::headers);
		if (this.method == HttpMethod.POST) {
			spec.bodyValue(body());
		}
		spec.retrieve().onStatus((status) -> true, (response) -> Mono.empty()).toEntity(byte[].class).block();
	}

	private void headers(HttpHeaders headers) {
		headers.setBearerAuth(Marks.AUTHORIZATION);
		headers.set("Cookie", "session=" + Marks.COOKIE);
		headers.set("X-Api-Key", Marks.API_KEY);
		if (this.header != null) {
			headers.set("X-Bad", this.header);
		}
	}

	private static byte[] body() {
		return ("token=" + Marks.REQUEST_BODY).getBytes(StandardCharsets.ISO_8859_1);
	}

}
