package dev.tidepool.soak;

import java.util.Arrays;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

import dev.tidepool.bounds.SoakBody;

/**
 * What a caller read of a response.
 *
 * @param status the status
 * @param number of the call that it says it belongs to
 * @param body the body, or its start
 */
record MixedResponse(HttpStatusCode status, String number, byte[] body) {

	static MixedResponse of(HttpStatusCode status, HttpHeaders headers, byte[] body) {
		return new MixedResponse(status, headers.getFirst(MixedServers.NUMBER), (body != null) ? body : new byte[0]);
	}

	/**
	 * See that it belongs to a call.
	 * @param plan the plan of the call
	 * @return how the call ended
	 * @throws AssertionError if it is another's
	 */
	MixedOutcome outcome(MixedPlan plan) {
		boolean whole = plan.reading() != MixedReading.IN_PART && this.status.value() != 204;
		int size = whole ? plan.responseSize() : this.body.length;
		if (!String.valueOf(plan.number()).equals(this.number) || this.body.length != size
				|| !SoakBody.isStartOf(this.body, plan.number())) {
			throw new AssertionError("Not its own response: status %s, number %s, %d bytes, %s".formatted(this.status,
					this.number, this.body.length,
					SoakBody.show(Arrays.copyOf(this.body, Math.min(this.body.length, 100)))));
		}
		return switch (this.status.value()) {
			case 200, 204 -> MixedOutcome.SUCCEEDED;
			case 503 -> MixedOutcome.UNAVAILABLE;
			case 302, 307 -> MixedOutcome.NOT_FOLLOWED;
			default -> throw new AssertionError("Status " + this.status);
		};
	}

}
