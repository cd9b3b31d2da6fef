package dev.tidepool.classic;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.jspecify.annotations.Nullable;

import dev.tidepool.CallTimeout;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.Shutdown;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.AttemptFailure;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.RetryAfter;
import dev.tidepool.policy.RetryDecision;
import dev.tidepool.policy.RetryDecision.Repeat;
import dev.tidepool.policy.RetryDecision.Stop;
import dev.tidepool.policy.RetryDecision.StopReason;

/**
 * One call to one upstream, repeated as the policy says. Stands where HttpClient has its
 * own retries: inside redirects, so that the budget and the {@code Retry-After} of an
 * upstream are its own on each hop.
 */
final class CallExec implements ExecChainHandler {

	private final Upstreams upstreams;

	private final Partition partition;

	private final CallerTimeouts timeouts;

	CallExec(Upstreams upstreams, Partition partition, CallerTimeouts timeouts) {
		this.upstreams = upstreams;
		this.partition = partition;
		this.timeouts = timeouts;
	}

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
			throws IOException, HttpException {
		Upstream upstream = this.upstreams.get(keyOf(scope.route));
		Call call = new Call(upstream, this.partition, this.timeouts, scope.exchangeId, deadline(upstream, scope));
		upstream.budget().call();
		scope.clientContext.setUserToken(call);
		return new Attempts(call, scope, chain, this.upstreams.shutdown()).run(request);
	}

	// One for all hops of a call that is redirected
	private CallDeadline deadline(Upstream upstream, ExecChain.Scope scope) {
		Call previousHop = Call.of(scope.clientContext);
		if (previousHop != null && previousHop.isPartOf(scope.exchangeId)) {
			return previousHop.deadline();
		}
		long now = this.upstreams.clock().nanoTime();
		Duration ofRequest = CallTimeout.in(RequestAttributes.of(scope.clientContext));
		if (ofRequest != null) {
			return new CallDeadline(now, ofRequest, "the request attribute " + CallTimeout.ATTRIBUTE);
		}
		return upstream.callDeadline(now);
	}

	static UpstreamKey keyOf(HttpRoute route) {
		HttpHost target = route.getTargetHost();
		HttpHost proxy = route.getProxyHost();
		return new UpstreamKey(target.getSchemeName(), target.getHostName().toLowerCase(Locale.ROOT), target.getPort(),
				(proxy != null) ? proxy.toHostString() : null);
	}

	private static final class Attempts {

		private final Call call;

		private final Upstream upstream;

		private final ExecChain.Scope scope;

		private final ExecChain chain;

		private final Shutdown shutdown;

		private int attempt = 1;

		private boolean freeRepeatUsed;

		private @Nullable FailureCause repeatOf;

		Attempts(Call call, ExecChain.Scope scope, ExecChain chain, Shutdown shutdown) {
			this.call = call;
			this.upstream = call.upstream();
			this.scope = scope;
			this.chain = chain;
			this.shutdown = shutdown;
		}

		ClassicHttpResponse run(ClassicHttpRequest request) throws IOException, HttpException {
			ClassicHttpRequest current = request;
			boolean anew = false;
			for (;;) {
				ClassicHttpResponse response = null;
				IOException failure = null;
				FailureCause cause = null;
				try {
					response = attempt(current, anew);
					if (this.upstream.retry().isRetriedStatus(response.getCode())) {
						cause = FailureCause.STATUS;
					}
				}
				catch (IOException ex) {
					failure = ex;
					cause = Failures.causeOf(ex, this.call);
					learn(cause);
				}
				catch (HttpException | RuntimeException | Error ex) {
					// An Error too gives the connection back
					this.scope.execRuntime.discardEndpoint();
					countRepeat(RetryOutcome.FAILURE);
					if (ex instanceof IllegalStateException && this.shutdown.isOver()) {
						throw Failures.closed(this.call, request.getMethod(), ex);
					}
					throw ex;
				}
				countRepeat((cause != null) ? RetryOutcome.FAILURE : RetryOutcome.SUCCESS);
				Repeat repeat = (cause != null) ? decide(request, cause, response) : null;
				if (repeat == null) {
					return outcome(request, response, failure);
				}
				if (response != null) {
					discard(response);
				}
				this.scope.execRuntime.discardEndpoint();
				pause(repeat.delayNanos());
				this.repeatOf = cause;
				anew = repeat.free();
				if (repeat.free()) {
					this.freeRepeatUsed = true;
				}
				else {
					this.attempt++;
				}
				current = ClassicRequestBuilder.copy(this.scope.originalRequest).build();
			}
		}

		private ClassicHttpResponse attempt(ClassicHttpRequest request, boolean anew)
				throws IOException, HttpException {
			this.call.attemptStarts(this.attempt);
			if (anew) {
				// After a loss, another idle connection may be as dead; only acquire,
				// disconnect, connect gives a new one
				this.scope.execRuntime.acquireEndpoint(this.scope.exchangeId, this.scope.route, this.call,
						this.scope.clientContext);
				this.scope.execRuntime.disconnectEndpoint();
			}
			return this.chain.proceed(request, this.scope);
		}

		private void learn(FailureCause cause) {
			ConnectionRecord connection = this.call.connection();
			if (cause == FailureCause.LOST && connection != null && this.call.reusedConnection()) {
				connection.lostOnReuse(System.nanoTime());
			}
		}

		private @Nullable Repeat decide(ClassicHttpRequest request, FailureCause cause,
				@Nullable ClassicHttpResponse response) {
			if (Thread.currentThread().isInterrupted()) {
				return null;
			}
			Header retryAfter = (response != null) ? response.getFirstHeader(HttpHeaders.RETRY_AFTER) : null;
			AttemptFailure failure = new AttemptFailure(cause, this.call.isIdempotent(request),
					this.call.isBodyRepeatable(request), this.call.reusedConnection(), this.freeRepeatUsed,
					this.attempt,
					(retryAfter != null && retryAfter.getValue() != null)
							? RetryAfter.nanos(retryAfter.getValue(), Instant.now()) : RetryAfter.NONE,
					this.call.deadline().left(System.nanoTime()));
			if (this.shutdown.isOver()) {
				return null;
			}
			RetryDecision decision = this.upstream.retry().decide(failure, ThreadLocalRandom.current().nextDouble());
			if (decision instanceof Repeat repeat && !repeat.free() && this.shutdown.isBegun()) {
				return null;
			}
			if (decision instanceof Repeat repeat && !repeat.free()
					&& !this.upstream.budget().tryTake(System.nanoTime())) {
				decision = new Stop(StopReason.BUDGET);
			}
			if (decision instanceof Stop stop) {
				countStop(cause, stop.reason());
				return null;
			}
			return (Repeat) decision;
		}

		private void countRepeat(RetryOutcome outcome) {
			if (this.repeatOf != null) {
				this.upstream.stats().retried(this.repeatOf, outcome);
				this.repeatOf = null;
			}
		}

		private void countStop(FailureCause cause, StopReason reason) {
			switch (reason) {
				case ATTEMPTS -> this.upstream.stats().retried(cause, RetryOutcome.NO_ATTEMPTS_LEFT);
				case RETRY_AFTER -> this.upstream.stats().retried(cause, RetryOutcome.RETRY_AFTER_TOO_LONG);
				case DEADLINE -> this.upstream.stats().retried(cause, RetryOutcome.NO_TIME_LEFT);
				case BUDGET -> this.upstream.stats().retried(cause, RetryOutcome.NO_BUDGET_LEFT);
				case NOT_REPEATABLE -> {
				}
			}
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
					.formatted(this.attempt, this.upstream));
			}
		}

	}

}
