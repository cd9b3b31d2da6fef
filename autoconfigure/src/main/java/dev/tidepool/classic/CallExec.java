package dev.tidepool.classic;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;

import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Attempts;
import dev.tidepool.call.Call;
import dev.tidepool.call.CallerSettings;
import dev.tidepool.call.Failures;
import dev.tidepool.call.RequestCheck;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Shutdown;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.RetryDecision.Repeat;

/**
 * One call to one upstream, repeated as the policy says. Stands where HttpClient has its
 * own retries: inside redirects, so that the budget and the {@code Retry-After} of an
 * upstream are its own on each hop.
 */
final class CallExec implements ExecChainHandler {

	private final SharedPool shared;

	private final CallerSettings caller;

	CallExec(SharedPool shared, CallerSettings caller) {
		this.shared = shared;
		this.caller = caller;
	}

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
			throws IOException, HttpException {
		RequestCheck.require(request);
		Call call = Call.start(this.shared.upstreams(), this.caller, scope.exchangeId, scope.route,
				scope.clientContext);
		call.sends(request, isBodyRepeatable(request));
		return new Repeated(call, scope, chain, this.shared).run(request);
	}

	private static boolean isBodyRepeatable(ClassicHttpRequest request) {
		HttpEntity body = request.getEntity();
		return body == null || body.isRepeatable();
	}

	private static final class Repeated {

		private final Call call;

		private final ExecChain.Scope scope;

		private final ExecChain chain;

		private final Attempts attempts;

		private final Shutdown shutdown;

		Repeated(Call call, ExecChain.Scope scope, ExecChain chain, SharedPool shared) {
			this.call = call;
			this.scope = scope;
			this.chain = chain;
			this.attempts = new Attempts(call, shared);
			this.shutdown = shared.upstreams().shutdown();
		}

		ClassicHttpResponse run(ClassicHttpRequest request) throws IOException, HttpException {
			ClassicHttpRequest current = request;
			boolean anew = false;
			for (;;) {
				ClassicHttpResponse response = null;
				IOException failure = null;
				FailureCause cause;
				try {
					response = attempt(current, anew);
					cause = this.attempts.ended(response);
				}
				catch (IOException ex) {
					failure = ex;
					cause = this.attempts.ended(ex);
				}
				catch (HttpException | RuntimeException | Error ex) {
					// An Error too gives the connection back
					this.scope.execRuntime.discardEndpoint();
					this.attempts.ended(ex);
					if (ex instanceof IllegalStateException && this.shutdown.isOver()) {
						throw Failures.closed(this.call, request.getMethod(), ex);
					}
					throw ex;
				}
				Repeat repeat = (cause != null) ? next(cause, response) : null;
				if (repeat == null) {
					return outcome(request, response, failure);
				}
				if (response != null) {
					discard(response);
				}
				this.scope.execRuntime.discardEndpoint();
				pause(repeat.delayNanos());
				anew = repeat.free();
				current = ClassicRequestBuilder.copy(this.scope.originalRequest).build();
			}
		}

		private ClassicHttpResponse attempt(ClassicHttpRequest request, boolean anew)
				throws IOException, HttpException {
			this.attempts.starts();
			if (anew) {
				// After a loss, another idle connection may be as dead; only acquire,
				// disconnect, connect gives a new one
				this.scope.execRuntime.acquireEndpoint(this.scope.exchangeId, this.scope.route, this.call,
						this.scope.clientContext);
				this.scope.execRuntime.disconnectEndpoint();
			}
			return this.chain.proceed(request, this.scope);
		}

		private @Nullable Repeat next(FailureCause cause, @Nullable ClassicHttpResponse response) {
			return Thread.currentThread().isInterrupted() ? null : this.attempts.next(cause, response);
		}

		private ClassicHttpResponse outcome(ClassicHttpRequest request, @Nullable ClassicHttpResponse response,
				@Nullable IOException failure) throws IOException {
			if (failure != null) {
				this.scope.execRuntime.discardEndpoint();
				throw Failures.describe(failure, this.call, request.getMethod(), this.shutdown.isOver());
			}
			return Objects.requireNonNull(response);
		}

		private static void discard(ClassicHttpResponse response) throws IOException {
			try {
				EntityUtils.consume(response.getEntity());
			}
			catch (IOException ex) {
				// The response was not wanted anyway
			}
			response.close();
		}

		private void pause(long nanos) throws IOException {
			try {
				if (nanos > 0 && !this.shutdown.pause(nanos)) {
					throw Failures.closed(this.call);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new InterruptedIOException("Interrupted in the pause after attempt %d to upstream %s"
					.formatted(this.call.attempt(), this.call.upstream()));
			}
		}

	}

}
