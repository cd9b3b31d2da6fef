package dev.tidepool.bounds;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.web.client.RestClient;

/**
 * The clients of a soak: some that are kept, and new ones again and again.
 */
final class SoakClients {

	/**
	 * Numbers of clients to draw from; those of the kept ones are the first.
	 */
	static final int CHOICES = 33;

	/**
	 * The time-out that one of the callers has set for itself, in milliseconds.
	 */
	static final int CALLER_TIMEOUT = 90;

	private static final int KEPT = 32;

	private final ApplicationContext context;

	private final List<RestClient> kept = new ArrayList<>();

	// A partition ends with its filter
	private final InetAddressFilter filter = InetAddressFilter.adapt((address) -> true);

	SoakClients(ApplicationContext context) {
		this.context = context;
		ClientHttpRequestFactoryBuilder<?> factories = context.getBean(ClientHttpRequestFactoryBuilder.class);
		HttpClientSettings settings = HttpClientSettings.defaults();
		RestClient ofCaller = with(
				builder().requestFactory(factories.build(settings.withReadTimeout(Duration.ofMillis(CALLER_TIMEOUT)))));
		RestClient ofPartition = with(
				builder().requestFactory(factories.build(settings.withInetAddressFilter(this.filter))));
		for (int i = 0; i < KEPT; i++) {
			this.kept.add(isOfCaller(i) ? ofCaller : (i % 8 == 1) ? ofPartition : with(builder()));
		}
	}

	RestClient get(int number) {
		return (number < KEPT) ? this.kept.get(number) : with(builder());
	}

	/**
	 * The time-out that a client's caller has set for itself.
	 * @param number of the client
	 * @return milliseconds
	 */
	static int timeout(int number) {
		return isOfCaller(number) ? CALLER_TIMEOUT : Integer.MAX_VALUE;
	}

	private static boolean isOfCaller(int number) {
		return number < KEPT && number % 8 == 0;
	}

	private RestClient.Builder builder() {
		return this.context.getBean(RestClient.Builder.class);
	}

	private static RestClient with(RestClient.Builder builder) {
		return builder.configureMessageConverters((converters) -> converters.addCustomConverter(new FailingConverter()))
			.build();
	}

	/**
	 * Something that cannot be converted.
	 *
	 * @param call the number of the call
	 */
	record Inconvertible(int call) {

	}

	/**
	 * Fails half-way, in both directions.
	 */
	private static final class FailingConverter extends AbstractHttpMessageConverter<Inconvertible> {

		FailingConverter() {
			super(MediaType.ALL);
		}

		@Override
		protected boolean supports(Class<?> type) {
			return type == Inconvertible.class;
		}

		@Override
		protected Inconvertible readInternal(Class<? extends Inconvertible> type, HttpInputMessage message)
				throws IOException {
			InputStream body = message.getBody();
			body.readNBytes(10);
			SoakFailure.fail(Integer.parseInt(message.getHeaders().getFirst(SoakServers.NUMBER)));
			throw new AssertionError();
		}

		@Override
		protected void writeInternal(Inconvertible value, HttpOutputMessage message) throws IOException {
			message.getBody().write(SoakBody.of(value.call(), 100));
			SoakFailure.fail(value.call());
		}

	}

}
