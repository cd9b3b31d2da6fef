package dev.tidepool.contract;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import org.reactivestreams.Subscription;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunctions;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * WebClient, whose callers subscribe.
 */
final class WebClientSide extends ContractSide {

	private static final Duration BOUND = Duration.ofSeconds(15);

	@Override
	protected AutoConfigurations boot() {
		return AutoConfigurations.of(SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, CodecsAutoConfiguration.class,
				WebClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
				ReactiveHttpServiceClientAutoConfiguration.class);
	}

	@Override
	Class<?> groups() {
		return Groups.class;
	}

	@Override
	ContractClient readyClient(ApplicationContext context) {
		return new Client(context.getBean(WebClient.class), context.getBean(ClientHttpConnector.class));
	}

	@Override
	ContractClient client(ApplicationContext context) {
		return new Client(context.getBean(WebClient.Builder.class).build(), context.getBean(ClientHttpConnector.class));
	}

	@Override
	ContractClient client(ApplicationContext context, UnaryOperator<HttpClientSettings> settings) {
		ClientHttpConnector connector = context.getBean(ClientHttpConnectorBuilder.class)
			.build(settings.apply(context.getBean(HttpClientSettings.class)));
		return new Client(context.getBean(WebClient.Builder.class).clientConnector(connector).build(), connector);
	}

	@Override
	protected ContractFailure failure(Throwable thrown) {
		Throwable unwrapped = Exceptions.unwrap(thrown);
		return new ContractFailure((unwrapped instanceof WebClientException && unwrapped.getCause() != null)
				? unwrapped.getCause() : unwrapped);
	}

	private <T> T await(CompletableFuture<T> future) {
		try {
			return future.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw failure(ex.getCause());
		}
		catch (CancellationException ex) {
			throw failure(ex);
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new AssertionError("The call has not ended", ex);
		}
	}

	private final class Client implements ContractClient {

		private final WebClient client;

		private final ClientHttpConnector connector;

		Client(WebClient client, ClientHttpConnector connector) {
			this.client = client;
			this.connector = connector;
		}

		@Override
		public ContractResponse exchange(ContractRequest request) {
			return await(response(request).toFuture());
		}

		@Override
		public int status(ContractRequest request) {
			return await(retrieve(request).toBodilessEntity().toFuture()).getStatusCode().value();
		}

		@Override
		public ContractCall start(ContractRequest request) {
			return new Call(response(request).toFuture());
		}

		private Mono<ContractResponse> response(ContractRequest request) {
			return retrieve(request).toEntity(byte[].class)
				.map((response) -> new ContractResponse(response.getStatusCode().value(), response.getHeaders(),
						(response.getBody() != null) ? new String(response.getBody(), StandardCharsets.UTF_8) : ""));
		}

		private WebClient.ResponseSpec retrieve(ContractRequest request) {
			WebClient.RequestBodySpec spec = this.client.method(request.method())
				.uri(request.uri())
				.headers((headers) -> request.headers().forEach(headers::set))
				.attributes((attributes) -> attributes.putAll(request.attributes()));
			if (request.body() != null) {
				spec.bodyValue(request.body().getBytes(StandardCharsets.UTF_8));
			}
			if (request.parts() != null) {
				spec.body(Flux.fromIterable(request.parts()).map((part) -> part.getBytes(StandardCharsets.UTF_8)),
						byte[].class);
			}
			return spec.retrieve().onStatus((status) -> true, (response) -> Mono.empty());
		}

		// Below WebClient, which releases each response that its caller has not read
		@Override
		public ContractExchange open(ContractRequest request) {
			ClientRequest sent = ClientRequest.create(request.method(), request.uri())
				.headers((headers) -> request.headers().forEach(headers::set))
				.attributes((attributes) -> attributes.putAll(request.attributes()))
				.build();
			return new Exchange(await(ExchangeFunctions.create(this.connector).exchange(sent).toFuture()));
		}

		@Override
		public void close() {
			try {
				if (this.connector instanceof Closeable closeable) {
					closeable.close();
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	private final class Call implements ContractCall {

		private final CompletableFuture<ContractResponse> call;

		Call(CompletableFuture<ContractResponse> call) {
			this.call = call;
		}

		@Override
		public boolean isDone() {
			return this.call.isDone();
		}

		@Override
		public ContractResponse get() {
			return await(this.call);
		}

		@Override
		public void cancel() {
			this.call.cancel(true);
		}

	}

	private final class Exchange implements ContractExchange {

		private final ClientResponse response;

		private Body body;

		Exchange(ClientResponse response) {
			this.response = response;
		}

		@Override
		public int status() {
			return this.response.statusCode().value();
		}

		@Override
		public int readSome() {
			return await(body().some);
		}

		@Override
		public int readAll() {
			Body body = body();
			body.requestUnbounded();
			return await(body.all);
		}

		@Override
		public void close() {
			body().cancel();
		}

		private Body body() {
			if (this.body == null) {
				this.body = new Body();
				this.response.body(BodyExtractors.toDataBuffers()).subscribe(this.body);
			}
			return this.body;
		}

	}

	/**
	 * Takes one buffer, and more only when asked.
	 */
	private static final class Body extends BaseSubscriber<DataBuffer> {

		private final CompletableFuture<Integer> some = new CompletableFuture<>();

		private final CompletableFuture<Integer> all = new CompletableFuture<>();

		private int read;

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			subscription.request(1);
		}

		@Override
		protected void hookOnNext(DataBuffer part) {
			int size = part.readableByteCount();
			DataBufferUtils.release(part);
			this.read += size;
			this.some.complete(size);
		}

		@Override
		protected void hookOnError(Throwable failure) {
			this.some.completeExceptionally(failure);
			this.all.completeExceptionally(failure);
		}

		@Override
		protected void hookFinally(SignalType signal) {
			this.some.complete(0);
			this.all.complete(this.read);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "quick", types = GroupService.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "middling", types = GroupService.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "slow", types = GroupService.class, clientType = ClientType.WEB_CLIENT)
	static class Groups {

	}

}
