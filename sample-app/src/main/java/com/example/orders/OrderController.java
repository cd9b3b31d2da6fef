package com.example.orders;

import java.net.URI;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClientException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The order service, over HTTP.
 */
@RestController
class OrderController {

	private static final Log logger = LogFactory.getLog(OrderController.class);

	private final OrderService orders;

	OrderController(OrderService orders) {
		this.orders = orders;
	}

	@GetMapping(path = "/", produces = MediaType.TEXT_PLAIN_VALUE)
	String welcome(UriComponentsBuilder uri) {
		return Welcome.text(uri.toUriString());
	}

	@PostMapping("/orders")
	ResponseEntity<Order> place(@RequestBody OrderRequest request, UriComponentsBuilder uri) {
		Order order = this.orders.place(request);
		URI location = uri.path("/orders/{id}").build(order.id());
		return ResponseEntity.created(location).body(order);
	}

	@GetMapping("/orders/{id}")
	Order find(@PathVariable String id) {
		return this.orders.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
	}

	@ExceptionHandler
	ProblemDetail upstreamFailed(RestClientException ex) {
		logger.warn(ex.getMessage());
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_GATEWAY, "An upstream failed");
	}

}
