package dev.tidepool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.support.ClientResponseWrapper;
import reactor.core.publisher.Mono;

/**
 * Has the body of a response that nobody wants drained within the bounds of the pool, or
 * its connection given up, as RestClient's is; Spring reads it to its end, however long
 * that takes. Works on both sides of the filters that follow: they may release a body
 * themselves, or put a response of their own around it.
 */
final class BodyRelease implements ExchangeFilterFunction {

	private final @Nullable ExchangeFilterFunction others;

	BodyRelease() {
		this(null);
	}

	private BodyRelease(@Nullable ExchangeFilterFunction others) {
		this.others = others;
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return (this.others == null) ? released(request, next)
				: this.others.filter(request, (filtered) -> released(filtered, next)).map(BodyRelease::releasable);
	}

	private static Mono<ClientResponse> released(ClientRequest request, ExchangeFunction next) {
		return next.exchange(request).map(BodyRelease::releasable);
	}

	@Override
	public ExchangeFilterFunction andThen(ExchangeFilterFunction afterFilter) {
		return new BodyRelease((this.others != null) ? this.others.andThen(afterFilter) : afterFilter);
	}

	private static ClientResponse releasable(ClientResponse response) {
		return (response instanceof Releasable) ? response : new Releasable(response);
	}

	private static final class Releasable extends ClientResponseWrapper {

		Releasable(ClientResponse response) {
			super(response);
		}

		@Override
		public Mono<Void> releaseBody() {
			return PooledClientResponse.releasing(super.releaseBody());
		}

		@Override
		public Mono<ResponseEntity<Void>> toBodilessEntity() {
			return PooledClientResponse.releasing(super.toBodilessEntity());
		}

		@Override
		public <T> Mono<T> bodyToMono(Class<? extends T> elementClass) {
			Mono<T> body = super.bodyToMono(elementClass);
			return (elementClass == Void.class) ? PooledClientResponse.releasing(body) : body;
		}

	}

}
