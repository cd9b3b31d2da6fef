package dev.tidepool.contract;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

/**
 * RestClient, whose callers block.
 */
final class RestClientSide extends ContractSide {

	private static final Duration BOUND = Duration.ofSeconds(15);

	@Override
	protected AutoConfigurations boot() {
		return AutoConfigurations.of(SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ImperativeHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
				HttpMessageConvertersAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
				HttpServiceClientAutoConfiguration.class);
	}

	@Override
	Class<?> groups() {
		return Groups.class;
	}

	@Override
	ContractClient readyClient(ApplicationContext context) {
		return new Client(context.getBean(RestClient.class), null);
	}

	@Override
	ContractClient client(ApplicationContext context) {
		return new Client(context.getBean(RestClient.Builder.class).build(), null);
	}

	@Override
	ContractClient client(ApplicationContext context, UnaryOperator<HttpClientSettings> settings) {
		ClientHttpRequestFactory factory = context.getBean(ClientHttpRequestFactoryBuilder.class)
			.build(settings.apply(context.getBean(HttpClientSettings.class)));
		return new Client(context.getBean(RestClient.Builder.class).requestFactory(factory).build(), factory);
	}

	@Override
	protected ContractFailure failure(Throwable thrown) {
		return new ContractFailure(
				(thrown instanceof RestClientException && thrown.getCause() != null) ? thrown.getCause() : thrown);
	}

	private final class Client implements ContractClient {

		private final RestClient client;

		private final ClientHttpRequestFactory factory;

		Client(RestClient client, ClientHttpRequestFactory factory) {
			this.client = client;
			this.factory = factory;
		}

		@Override
		public ContractResponse exchange(ContractRequest request) {
			try {
				ResponseEntity<byte[]> response = retrieve(request).toEntity(byte[].class);
				byte[] body = Objects.requireNonNullElse(response.getBody(), new byte[0]);
				return new ContractResponse(response.getStatusCode().value(), response.getHeaders(),
						new String(body, StandardCharsets.UTF_8));
			}
			catch (RuntimeException | Error ex) {
				throw failure(ex);
			}
		}

		@Override
		public int status(ContractRequest request) {
			try {
				return retrieve(request).toBodilessEntity().getStatusCode().value();
			}
			catch (RuntimeException | Error ex) {
				throw failure(ex);
			}
		}

		@Override
		public ContractCall start(ContractRequest request) {
			FutureTask<ContractResponse> call = new FutureTask<>(() -> exchange(request));
			Thread thread = new Thread(call, "contract-caller");
			thread.setDaemon(true);
			thread.start();
			return new Call(call);
		}

		@Override
		public ContractExchange open(ContractRequest request) {
			try {
				return new Exchange(spec(request).exchangeForRequiredValue((sent, response) -> response, false));
			}
			catch (RuntimeException | Error ex) {
				throw failure(ex);
			}
		}

		private RestClient.ResponseSpec retrieve(ContractRequest request) {
			return spec(request).retrieve().onStatus((status) -> true, (sent, response) -> {
			});
		}

		private RestClient.RequestBodySpec spec(ContractRequest request) {
			RestClient.RequestBodySpec spec = this.client.method(request.method())
				.uri(request.uri())
				.headers((headers) -> request.headers().forEach(headers::set))
				.attributes((attributes) -> attributes.putAll(request.attributes()));
			if (request.body() != null) {
				spec.body(request.body().getBytes(StandardCharsets.UTF_8));
			}
			if (request.parts() != null) {
				StreamingHttpOutputMessage.Body body = (out) -> {
					for (String part : request.parts()) {
						out.write(part.getBytes(StandardCharsets.UTF_8));
						out.flush();
					}
				};
				spec.body(body);
			}
			return spec;
		}

		@Override
		public void close() {
			try {
				((DisposableBean) this.factory).destroy();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	private record Call(FutureTask<ContractResponse> call) implements ContractCall {

		@Override
		public boolean isDone() {
			return this.call.isDone();
		}

		@Override
		public ContractResponse get() {
			try {
				return this.call.get(BOUND.toSeconds(), TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				throw (ContractFailure) ex.getCause();
			}
			catch (CancellationException ex) {
				throw new ContractFailure(ex);
			}
			catch (InterruptedException | TimeoutException ex) {
				throw new AssertionError("The call has not ended", ex);
			}
		}

		@Override
		public void cancel() {
			this.call.cancel(true);
		}

	}

	private final class Exchange implements ContractExchange {

		private final ClientHttpResponse response;

		private int read;

		Exchange(ClientHttpResponse response) {
			this.response = response;
		}

		@Override
		public int status() {
			try {
				return this.response.getStatusCode().value();
			}
			catch (IOException ex) {
				throw failure(ex);
			}
		}

		@Override
		public int readSome() {
			return read(() -> body().read(new byte[1024]));
		}

		@Override
		public int readAll() {
			read(() -> body().readAllBytes().length);
			return this.read;
		}

		private InputStream body() throws IOException {
			return this.response.getBody();
		}

		private int read(Reading reading) {
			try {
				int size = reading.read();
				this.read += size;
				return size;
			}
			catch (IOException | RuntimeException ex) {
				throw failure(ex);
			}
		}

		@Override
		public void close() {
			this.response.close();
		}

	}

	@FunctionalInterface
	private interface Reading {

		int read() throws IOException;

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "quick", types = GroupService.class, clientType = ClientType.REST_CLIENT)
	@ImportHttpServices(group = "middling", types = GroupService.class, clientType = ClientType.REST_CLIENT)
	@ImportHttpServices(group = "slow", types = GroupService.class, clientType = ClientType.REST_CLIENT)
	static class Groups {

	}

}
