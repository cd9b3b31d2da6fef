package dev.tidepool.async;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.auth.AuthSchemeFactory;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.StandardAuthScheme;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.cookie.CookieSpecFactory;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.impl.CookieSpecSupport;
import org.apache.hc.client5.http.impl.auth.BasicSchemeFactory;
import org.apache.hc.client5.http.impl.auth.DigestSchemeFactory;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.support.BasicRequestBuilder;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.CallContext;
import dev.tidepool.call.CallerSettings;
import dev.tidepool.connection.CloseReason;

/**
 * Makes the calls of one caller.
 */
public final class AsyncClient {

	private static final Lookup<AuthSchemeFactory> AUTH_SCHEMES = RegistryBuilder.<AuthSchemeFactory>create()
		.register(StandardAuthScheme.BASIC, BasicSchemeFactory.INSTANCE)
		.register(StandardAuthScheme.DIGEST, DigestSchemeFactory.INSTANCE)
		.build();

	private static final Lookup<CookieSpecFactory> COOKIE_SPECS = CookieSpecSupport.createDefault();

	private static final AtomicLong CALLS = new AtomicLong();

	private final AsyncPool pool;

	private final CallerSettings caller;

	private final RequestConfig config;

	private final HttpRoutePlanner routePlanner;

	private final CredentialsProvider credentials;

	private final CookieStore cookies = new BasicCookieStore();

	private final AsyncExecChain chain;

	AsyncClient(AsyncPool pool, CallerSettings caller, RequestConfig config, HttpRoutePlanner routePlanner,
			CredentialsProvider credentials, AsyncExecChain chain) {
		this.pool = pool;
		this.caller = caller;
		this.config = config;
		this.routePlanner = routePlanner;
		this.credentials = credentials;
		this.chain = chain;
	}

	/**
	 * Make a client with the same settings, and cookies of its own.
	 * @return the client
	 */
	public AsyncClient another() {
		return new AsyncClient(this.pool, this.caller, this.config, this.routePlanner, this.credentials, this.chain);
	}

	/**
	 * Make a call.
	 * @param request the request
	 * @param body its body, if any
	 * @param attributes what the request was given beside it, such as its own time-out
	 * @param handler told what becomes of it, on any thread, also before this returns
	 * @return what cancels the call; once a body is being read, only its subscription
	 * does
	 */
	public Cancellable execute(HttpRequest request, @Nullable AsyncEntityProducer body, Map<String, ?> attributes,
			ResponseHandler handler) {
		UserCall call = new UserCall(context(attributes), body, handler);
		call.start(request);
		return call;
	}

	private CallContext context(Map<String, ?> attributes) {
		CallContext context = new CallContext(this.caller);
		CallContext.requestAttributes(context, attributes);
		context.setRequestConfig(this.config);
		context.setCookieStore(this.cookies);
		context.setCookieSpecRegistry(COOKIE_SPECS);
		context.setAuthSchemeRegistry(AUTH_SCHEMES);
		context.setCredentialsProvider(this.credentials);
		return context;
	}

	private final class UserCall implements AsyncExecCallback, CancellableDependency {

		private final CallContext context;

		private final @Nullable AsyncEntityProducer body;

		// Whoever is told is forgotten, so that a response that is dropped can be seen
		private @Nullable ResponseHandler handler;

		private final Endpoint endpoint = new Endpoint(AsyncClient.this.pool);

		private @Nullable HttpResponse withoutBody;

		private volatile @Nullable ResponseBody responseBody;

		private volatile boolean handedOver;

		private volatile boolean cancelled;

		private volatile @Nullable Cancellable step;

		UserCall(CallContext context, @Nullable AsyncEntityProducer body, ResponseHandler handler) {
			this.context = context;
			this.body = body;
			this.handler = handler;
		}

		void start(HttpRequest request) {
			try {
				HttpHost target = Objects.requireNonNull(RoutingSupport.determineHost(request), "No host in the URI");
				HttpRoute route = AsyncClient.this.routePlanner.determineRoute(target, request, this.context);
				String id = Long.toString(CALLS.incrementAndGet());
				this.context.setExchangeId(id);
				AsyncClient.this.chain.proceed(BasicRequestBuilder.copy(request).build(), this.body,
						new AsyncExecChain.Scope(id, route, request, this, this.context, this.endpoint, null,
								new AtomicInteger(1)),
						this);
			}
			catch (HttpException | IOException | RuntimeException ex) {
				failed(ex);
			}
		}

		// A response without a body is complete when the connection is free for the
		// caller's next call
		@Override
		public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails entity)
				throws HttpException, IOException {
			if (entity == null) {
				this.withoutBody = response;
				return null;
			}
			AsyncConnection connection = this.endpoint.connection();
			if (this.cancelled || connection == null) {
				return null;
			}
			ResponseBody body = new ResponseBody(this.endpoint, connection,
					Objects.requireNonNull(Call.of(this.context)), entity.getContentLength());
			this.responseBody = body;
			answer((handler) -> handler.response(response, body.handsOut(), this.context));
			this.handedOver = true;
			if (this.cancelled) {
				release(body);
			}
			return body;
		}

		@Override
		public void handleInformationResponse(HttpResponse response) {
			// Nobody asked for it
		}

		@Override
		public void completed() {
			this.endpoint.releaseEndpoint();
			releaseBody();
			if (this.cancelled && this.responseBody == null) {
				return;
			}
			ResponseBody responseBody = this.responseBody;
			HttpResponse withoutBody = this.withoutBody;
			if (responseBody != null) {
				responseBody.completed();
			}
			else if (withoutBody != null) {
				answer((handler) -> handler.response(withoutBody, null, this.context));
			}
			else {
				answer((handler) -> handler.failed(new IOException("The call ended without a response")));
			}
		}

		@Override
		public void failed(Exception ex) {
			this.endpoint.discardEndpoint();
			releaseBody();
			ResponseBody responseBody = this.responseBody;
			if (responseBody != null) {
				responseBody.failed(ex);
			}
			else if (!this.cancelled) {
				answer((handler) -> handler.failed(checked(ex)));
			}
		}

		// As HttpClient does for blocking callers
		private static Exception checked(Exception ex) {
			return (ex instanceof HttpException) ? new ClientProtocolException(ex.getMessage(), ex) : ex;
		}

		private void answer(Consumer<ResponseHandler> answer) {
			ResponseHandler handler = this.handler;
			this.handler = null;
			if (handler != null) {
				try {
					answer.accept(handler);
				}
				catch (Error ex) {
					// Would end the I/O thread, where it is one
					throw new IllegalStateException("The caller has failed", ex);
				}
			}
		}

		private void releaseBody() {
			if (this.body != null) {
				this.body.releaseResources();
			}
		}

		@Override
		public void setDependency(Cancellable step) {
			this.step = step;
			if (this.cancelled) {
				step.cancel();
			}
		}

		@Override
		public boolean isCancelled() {
			return this.cancelled;
		}

		@Override
		public boolean cancel() {
			this.cancelled = true;
			Cancellable step = this.step;
			if (step != null) {
				step.cancel();
			}
			ResponseBody responseBody = this.responseBody;
			if (responseBody == null) {
				this.endpoint.cancel(CloseReason.CANCELLED);
				releaseBody();
			}
			else if (this.handedOver) {
				release(responseBody);
			}
			// Else whoever takes the response just now may be about to subscribe, and
			// cancels that, or reads: it is released then if it was not
			return true;
		}

		private static void release(ResponseBody body) {
			body.release(() -> {
			});
		}

	}

}
