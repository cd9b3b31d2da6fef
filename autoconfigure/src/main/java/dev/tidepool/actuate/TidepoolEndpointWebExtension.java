package dev.tidepool.actuate;

import java.util.NoSuchElementException;
import java.util.function.Supplier;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Says over HTTP what was wrong: 404 for an upstream that there is not, 400 for a value
 * that its property may not have, each with a message.
 */
@EndpointWebExtension(endpoint = TidepoolEndpoint.class)
@RegisterReflectionForBinding(TidepoolEndpointWebExtension.ErrorDescriptor.class)
public final class TidepoolEndpointWebExtension {

	private final TidepoolEndpoint endpoint;

	public TidepoolEndpointWebExtension(TidepoolEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> upstream(@Selector String upstream) {
		return answer(() -> {
			UpstreamDescriptor known = this.endpoint.upstream(upstream);
			if (known == null) {
				throw new NoSuchElementException("No upstream '%s' was called or configured".formatted(upstream));
			}
			return known;
		});
	}

	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> limitTotal(int maxTotal) {
		return answer(() -> this.endpoint.limitTotal(maxTotal));
	}

	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> limitUpstream(@Selector String upstream, int maxPerUpstream) {
		return answer(() -> this.endpoint.limitUpstream(upstream, maxPerUpstream));
	}

	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> evictIdleOfUpstream(@Selector String upstream) {
		return answer(() -> this.endpoint.evictIdleOfUpstream(upstream));
	}

	private static WebEndpointResponse<OperationResponseBody> answer(Supplier<OperationResponseBody> operation) {
		try {
			return new WebEndpointResponse<>(operation.get());
		}
		catch (NoSuchElementException ex) {
			return error(WebEndpointResponse.STATUS_NOT_FOUND, ex);
		}
		catch (InvalidEndpointRequestException ex) {
			return error(WebEndpointResponse.STATUS_BAD_REQUEST, ex);
		}
	}

	private static WebEndpointResponse<OperationResponseBody> error(int status, RuntimeException ex) {
		return new WebEndpointResponse<>(new ErrorDescriptor(String.valueOf(ex.getMessage())), status);
	}

	/**
	 * Why there is no answer.
	 *
	 * @param message what is wrong, and what to do
	 */
	record ErrorDescriptor(String message) implements OperationResponseBody {

	}

}
