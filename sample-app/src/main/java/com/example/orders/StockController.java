package com.example.orders;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import com.example.orders.InventoryClient.Stock;

/**
 * Streams the stock of something as it changes, to an {@code EventSource} in a browser.
 * The fourth kind of client: the ready {@link WebClient} bean, which takes no thread
 * while nothing changes, on servlets as on WebFlux. When the browser goes away, the
 * request to the inventory ends too.
 */
@RestController
class StockController {

	private static final Log logger = LogFactory.getLog(StockController.class);

	private final WebClient webClient;

	private final Sinks.Empty<Void> closed = Sinks.empty();

	StockController(WebClient webClient, @Value("${inventory.url}") String url) {
		this.webClient = webClient.mutate().baseUrl(url).build();
	}

	@GetMapping(path = "/stock/{sku}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<Stock> watch(@PathVariable String sku) {
		return this.webClient.get()
			.uri("/stock/{sku}/changes", sku)
			.accept(MediaType.APPLICATION_NDJSON)
			.retrieve()
			.onStatus(HttpStatus.NOT_FOUND::isSameCodeAs,
					(response) -> Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no " + sku)))
			.bodyToFlux(Stock.class)
			.takeUntilOther(this.closed.asMono());
	}

	/**
	 * A graceful shutdown waits for requests, and these have no end of their own.
	 */
	@EventListener(ContextClosedEvent.class)
	void close() {
		this.closed.tryEmitEmpty();
	}

	@ExceptionHandler
	ProblemDetail upstreamFailed(WebClientException ex) {
		logger.warn(ex.getMessage());
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_GATEWAY, "An upstream failed");
	}

}
