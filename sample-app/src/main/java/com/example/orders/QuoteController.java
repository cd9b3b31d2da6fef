package com.example.orders;

import java.util.concurrent.RejectedExecutionException;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Quotes of several carriers, over HTTP. An answer with some of them missing says so; one
 * with none is an error.
 */
@RestController
class QuoteController {

	private final QuoteService quotes;

	QuoteController(QuoteService quotes) {
		this.quotes = quotes;
	}

	@PostMapping("/quotes")
	Quotes ask(@RequestBody QuoteRequest request) throws InterruptedException {
		Quotes quotes = this.quotes.ask(request);
		if (quotes.quotes().isEmpty()) {
			throw new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT,
					"No carrier answered within %d ms".formatted(QuoteService.BUDGET.toMillis()));
		}
		return quotes;
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> refused(RejectedExecutionException ex) {
		return ResponseEntity
			.of(ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "Too many quotes are asked for"))
			.header(HttpHeaders.RETRY_AFTER, "1")
			.build();
	}

}
