package dev.tidepool.bounds;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestBodySpec;
import org.springframework.web.client.RestClient.RequestHeadersSpec;

import dev.tidepool.bounds.SoakClients.Inconvertible;

/**
 * One call of a soak: sends what is planned, and sees that the response is its own.
 *
 * @param plan the plan
 * @param responses what becomes of responses that the call does not close
 */
record SoakCall(SoakPlan plan, Responses responses) {

	/**
	 * Make the call.
	 * @param client the client
	 * @param url of the upstream
	 * @return how it ended, if it did not fail
	 */
	SoakOutcome make(RestClient client, String url) {
		RequestBodySpec request = client.method(this.plan.method().method())
			.uri(url)
			.header(SoakServers.NUMBER, String.valueOf(this.plan.number()));
		addBody(request);
		return switch (this.plan.ending()) {
			case RETRIEVED -> check(request.retrieve().toEntity(byte[].class));
			case CONVERTER_FAILS -> {
				request.retrieve().body(Inconvertible.class);
				// No content, no converter
				yield SoakOutcome.SUCCEEDED;
			}
			case READ -> exchange(request, (response) -> check(response, response.getBody().readAllBytes()));
			case UNREAD -> exchange(request, (response) -> check(response, new byte[0]));
			case HALF_READ -> exchange(request, (response) -> check(response, half(response.getBody())));
			case EXTRACTOR_FAILS -> exchange(request, (response) -> {
				check(response, half(response.getBody()));
				SoakFailure.fail(this.plan.number());
				throw new AssertionError();
			});
			case CLOSED_ELSEWHERE -> leave(request, this.responses.closer());
			case DROPPED -> leave(request, this.responses.dropped());
		};
	}

	private void addBody(RequestBodySpec request) {
		int number = this.plan.number();
		byte[] body = SoakBody.of(number, this.plan.requestSize());
		switch (this.plan.method()) {
			case GET -> {
			}
			case PUT, POST -> request.body(body);
			case UPLOAD -> request.body((out) -> {
				out.write(body, 0, body.length / 2);
				out.flush();
				out.write(body, body.length / 2, body.length - body.length / 2);
			});
			case FAILING_UPLOAD -> {
				if (number % 3 == 0) {
					request.body(new Inconvertible(number));
				}
				else {
					request.body((out) -> {
						out.write(body, 0, body.length / 2);
						SoakFailure.fail(number);
					});
				}
			}
		}
	}

	private static SoakOutcome exchange(RequestHeadersSpec<?> request, Reader reader) {
		return request.exchangeForRequiredValue((sent, response) -> reader.read(response));
	}

	private SoakOutcome leave(RequestHeadersSpec<?> request, Consumer<ClientHttpResponse> taker) {
		return request.exchangeForRequiredValue((sent, response) -> {
			SoakOutcome outcome;
			try {
				outcome = check(response, half(response.getBody()));
			}
			catch (IOException | RuntimeException | Error ex) {
				response.close();
				throw ex;
			}
			if (response.getStatusCode().value() != 204) {
				taker.accept(response);
			}
			return outcome;
		}, false);
	}

	private byte[] half(InputStream body) throws IOException {
		return body.readNBytes(this.plan.responseSize() / 4);
	}

	private SoakOutcome check(ResponseEntity<byte[]> response) {
		byte[] body = (response.getBody() != null) ? response.getBody() : new byte[0];
		return check(response.getStatusCode(), response.getHeaders().getFirst(SoakServers.NUMBER), body, true);
	}

	private SoakOutcome check(ClientHttpResponse response, byte[] body) throws IOException {
		return check(response.getStatusCode(), response.getHeaders().getFirst(SoakServers.NUMBER), body,
				this.plan.ending() == SoakEnding.READ);
	}

	private SoakOutcome check(HttpStatusCode status, String number, byte[] body, boolean whole) {
		int size = (whole && status.value() != 204) ? this.plan.responseSize() : body.length;
		if (!String.valueOf(this.plan.number()).equals(number) || body.length != size
				|| !SoakBody.isStartOf(body, this.plan.number())) {
			throw new AssertionError("Not its own response: status %s, number %s, %s".formatted(status, number,
					SoakBody.show(Arrays.copyOf(body, Math.min(body.length, 100)))));
		}
		return switch (status.value()) {
			case 200, 204 -> SoakOutcome.SUCCEEDED;
			case 503 -> SoakOutcome.UNAVAILABLE;
			case 302, 307 -> SoakOutcome.NOT_FOLLOWED;
			default -> throw new AssertionError("Status " + status);
		};
	}

	private interface Reader {

		SoakOutcome read(ClientHttpResponse response) throws IOException;

	}

	/**
	 * Where responses go that a call does not close.
	 *
	 * @param closer closes them
	 * @param dropped drops them
	 */
	record Responses(Consumer<ClientHttpResponse> closer, Consumer<ClientHttpResponse> dropped) {

	}

}
