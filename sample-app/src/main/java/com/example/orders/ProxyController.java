package com.example.orders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.util.Collections;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestBodySpec;
import org.springframework.web.server.ResponseStatusException;

import dev.tidepool.PoolExhaustedException;

/**
 * Passes requests on to an upstream, and its responses back, without holding either in
 * memory.
 * <p>
 * An upstream that fails before its response head makes an error status of ours. One that
 * fails later breaks the connection of the caller, who would take what it has for the
 * whole otherwise. A caller that goes away ends the exchange with the upstream as soon as
 * the next byte for it comes, or {@code tidepool.timeout.read} passes without one.
 */
// Reads and writes the servlet's streams, and would block an event loop by that
@ConditionalOnWebApplication(type = Type.SERVLET)
@RestController
@EnableConfigurationProperties(ProxyProperties.class)
class ProxyController {

	private static final Log logger = LogFactory.getLog(ProxyController.class);

	private static final int BUFFER_SIZE = 8192;

	private final ProxyTargets targets;

	private final RestClient client;

	/**
	 * Create the proxy, with a client that leaves cookies and redirects to the caller.
	 */
	ProxyController(ProxyProperties properties, RestClient.Builder builder, ClientHttpRequestFactoryBuilder<?> factory,
			HttpClientSettings settings) {
		this.targets = new ProxyTargets(properties.upstreams());
		this.client = builder
			.requestFactory(factory.build(
					settings.withCookieHandling(HttpCookieHandling.DISABLE).withRedirects(HttpRedirects.DONT_FOLLOW)))
			.build();
	}

	@RequestMapping("/proxy/{upstream}/**")
	void proxy(@PathVariable String upstream, HttpServletRequest request, HttpServletResponse response) {
		RequestBodySpec call = this.client.method(HttpMethod.valueOf(request.getMethod()))
			.uri(this.targets.of(upstream, request))
			.headers((headers) -> headers.addAll(headersOf(request)));
		if (request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
			// Not repeatable, so sent only once
			call.body((out) -> copy(request.getInputStream(), out));
		}
		try {
			call.exchange((sent, answer) -> pass(answer, response));
		}
		catch (ResourceAccessException ex) {
			if (response.isCommitted()) {
				// The container closes the connection
				throw ex;
			}
			logger.warn(ex.getMessage());
			throw new ResponseStatusException(statusOf(ex), "%s did not answer".formatted(upstream));
		}
	}

	private static HttpHeaders headersOf(HttpServletRequest request) {
		HttpHeaders received = new HttpHeaders();
		request.getHeaderNames()
			.asIterator()
			.forEachRemaining((name) -> received.addAll(name, Collections.list(request.getHeaders(name))));
		HttpHeaders headers = EndToEndHeaders.of(received);
		// The upstream's own
		headers.remove(HttpHeaders.HOST);
		// Met by the container
		headers.remove(HttpHeaders.EXPECT);
		// The client would decompress; server.compression is for the way to the caller
		headers.set(HttpHeaders.ACCEPT_ENCODING, "identity");
		headers.add(HttpHeaders.VIA, "1.1 orders");
		return headers;
	}

	private static boolean pass(ClientHttpResponse answer, HttpServletResponse response) throws IOException {
		response.setStatus(answer.getStatusCode().value());
		EndToEndHeaders.of(answer.getHeaders())
			.forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
		InputStream in = answer.getBody();
		byte[] buffer = new byte[BUFFER_SIZE];
		// Nothing at first, so that the head does not wait for the body
		for (int count = 0; count >= 0; count = in.read(buffer)) {
			if (!send(buffer, count, response)) {
				return false;
			}
		}
		return true;
	}

	private static boolean send(byte[] bytes, int count, HttpServletResponse response) {
		try {
			write(bytes, count, response.getOutputStream());
			return true;
		}
		catch (IOException ex) {
			// The caller went away: no failure of the upstream, whose exchange is closed
			return false;
		}
	}

	private static void copy(InputStream in, OutputStream out) throws IOException {
		byte[] buffer = new byte[BUFFER_SIZE];
		for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
			write(buffer, count, out);
		}
	}

	private static void write(byte[] bytes, int count, OutputStream out) throws IOException {
		out.write(bytes, 0, count);
		out.flush();
	}

	private static HttpStatus statusOf(ResourceAccessException ex) {
		if (ex.getCause() instanceof PoolExhaustedException) {
			return HttpStatus.SERVICE_UNAVAILABLE;
		}
		return (ex.getCause() instanceof SocketTimeoutException) ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY;
	}

}
