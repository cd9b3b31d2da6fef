package dev.tidepool.async;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;

import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.support.BasicRequestBuilder;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Attempts;
import dev.tidepool.call.Call;
import dev.tidepool.call.CallContext;
import dev.tidepool.call.CallerSettings;
import dev.tidepool.call.Failures;
import dev.tidepool.call.RequestCheck;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.RetryDecision.Repeat;

/**
 * One call to one upstream, repeated as the policy says. Stands where HttpClient has its
 * own retries: inside redirects, so that the budget and the {@code Retry-After} of an
 * upstream are its own on each hop.
 */
final class CallExec implements AsyncExecChainHandler {

	private final SharedPool shared;

	CallExec(SharedPool shared) {
		this.shared = shared;
	}

	@Override
	public void execute(HttpRequest request, @Nullable AsyncEntityProducer body, AsyncExecChain.Scope scope,
			AsyncExecChain chain, AsyncExecCallback callback) {
		try {
			RequestCheck.require(request);
		}
		catch (IllegalArgumentException ex) {
			callback.failed(ex);
			return;
		}
		CallerSettings caller = Objects.requireNonNull(((CallContext) scope.clientContext).caller());
		Call call = Call.start(this.shared.upstreams(), caller, scope.exchangeId, scope.route, scope.clientContext);
		new Repeated(call, request, body, scope, chain, callback).attempt(request, false);
	}

	private final class Repeated implements AsyncExecCallback {

		private final Call call;

		private final HttpRequest request;

		private final @Nullable AsyncEntityProducer body;

		private final AsyncExecChain.Scope scope;

		private final AsyncExecChain chain;

		private final AsyncExecCallback callback;

		private final Attempts attempts;

		private boolean delivered;

		private @Nullable Repeat repeat;

		Repeated(Call call, HttpRequest request, @Nullable AsyncEntityProducer body, AsyncExecChain.Scope scope,
				AsyncExecChain chain, AsyncExecCallback callback) {
			this.call = call;
			this.request = request;
			this.body = body;
			this.scope = scope;
			this.chain = chain;
			this.callback = callback;
			this.attempts = new Attempts(call, CallExec.this.shared);
			call.sends(request, body == null || body.isRepeatable());
		}

		private Endpoint endpoint() {
			return (Endpoint) this.scope.execRuntime;
		}

		void attempt(HttpRequest current, boolean anew) {
			this.attempts.starts();
			if (anew) {
				// After a loss, another idle connection may be as dead; only acquire,
				// disconnect, connect gives a new one
				this.scope.cancellableDependency.setDependency(endpoint().acquireEndpoint(this.scope.exchangeId,
						this.scope.route, this.call, this.scope.clientContext, new FutureCallback<>() {

							@Override
							public void completed(AsyncExecRuntime runtime) {
								runtime.disconnectEndpoint();
								proceed(current);
							}

							@Override
							public void failed(Exception ex) {
								Repeated.this.failed(ex);
							}

							@Override
							public void cancelled() {
								failed(new InterruptedIOException("Cancelled"));
							}

						}));
			}
			else {
				proceed(current);
			}
		}

		private void proceed(HttpRequest current) {
			try {
				this.chain.proceed(current, this.body, this.scope, this);
			}
			catch (HttpException | IOException | RuntimeException ex) {
				failed(ex);
			}
		}

		@Override
		public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails entity)
				throws HttpException, IOException {
			FailureCause cause = this.attempts.ended(response);
			this.repeat = (cause != null) ? next(cause, response) : null;
			if (this.repeat != null) {
				return null;
			}
			this.delivered = true;
			return this.callback.handleResponse(response, entity);
		}

		private @Nullable Repeat next(FailureCause cause, @Nullable HttpResponse response) {
			return endpoint().isCancelled() ? null : this.attempts.next(cause, response);
		}

		@Override
		public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
			this.callback.handleInformationResponse(response);
		}

		@Override
		public void completed() {
			Repeat repeat = this.repeat;
			if (repeat == null) {
				this.callback.completed();
			}
			else {
				endpoint().releaseEndpoint();
				repeat(repeat);
			}
		}

		@Override
		public void failed(Exception ex) {
			// What follows from a cancel tells nothing of the upstream
			if (this.delivered || endpoint().isCancelled()) {
				this.callback.failed(ex);
				return;
			}
			Repeat repeat = this.repeat;
			if (repeat == null) {
				repeat = next(this.attempts.ended(ex), null);
			}
			endpoint().discardEndpoint();
			if (repeat == null) {
				this.callback.failed(describe(ex));
			}
			else {
				repeat(repeat);
			}
		}

		private Exception describe(Exception ex) {
			boolean closed = CallExec.this.shared.upstreams().shutdown().isOver();
			if (endpoint().isRefusal(ex)) {
				return ex;
			}
			if (ex instanceof IOException io) {
				return Failures.describe(io, this.call, this.request.getMethod(), closed);
			}
			return (ex instanceof IllegalStateException && closed)
					? Failures.closed(this.call, this.request.getMethod(), ex) : ex;
		}

		private void repeat(Repeat repeat) {
			this.repeat = null;
			if (this.body != null) {
				this.body.releaseResources();
			}
			HttpRequest again = BasicRequestBuilder.copy(this.scope.originalRequest).build();
			if (repeat.delayNanos() <= 0) {
				attempt(again, repeat.free());
				return;
			}
			this.scope.cancellableDependency.setDependency(CallExec.this.shared.upstreams()
				.shutdown()
				.pause(repeat.delayNanos(), CallExec.this.shared.deadlines(), (goesOn) -> {
					if (goesOn) {
						attempt(again, repeat.free());
					}
					else {
						this.callback.failed(Failures.closed(this.call));
					}
				})::cancel);
		}

	}

}
