package com.example.upstreams;

import java.util.LinkedHashMap;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Counts what the server sees, requests and the connections that they came on, and tells
 * who asks.
 */
@RestController
class Visits implements HandlerInterceptor {

	private final LastConnections lastConnections = new LastConnections();

	private long requests;

	private long connections;

	@Override
	public synchronized boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		this.requests++;
		if (this.lastConnections.put(request.getServletConnection().getConnectionId(), true) == null) {
			this.connections++;
		}
		return true;
	}

	@GetMapping("/")
	synchronized Seen seen() {
		return new Seen(this.requests, this.connections);
	}

	/**
	 * What the server has seen.
	 *
	 * @param requests so many requests
	 * @param connections on so many connections
	 */
	record Seen(long requests, long connections) {
	}

	/**
	 * The connections in use, and some more that are gone.
	 */
	private static final class LastConnections extends LinkedHashMap<String, Boolean> {

		private static final long serialVersionUID = 1L;

		LastConnections() {
			super(16, 0.75f, true);
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
			return size() > 10_000;
		}

	}

}
