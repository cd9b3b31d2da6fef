package dev.tidepool.zoo;

import java.util.Collection;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.testsupport.Lanes.Caller;

/**
 * Makes calls, each with an {@code X-Id} of its own, and remembers what came of them.
 */
final class ZooCalls {

	/**
	 * What the ids look like.
	 */
	static final String ID_PATTERN = "zoo-(?:GET|POST)-\\d+";

	private static final String BODY = "body";

	private static final AtomicInteger BEGUN = new AtomicInteger();

	private final Set<String> answeredPosts = ConcurrentHashMap.newKeySet();

	private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

	private final String url;

	private volatile boolean ended;

	ZooCalls(String url) {
		this.url = url;
	}

	Caller by(RestClient client) {
		return (method) -> call(method, (id) -> {
			RestClient.RequestBodySpec request = client.method(method).uri(this.url).header("X-Id", id);
			if (method == HttpMethod.POST) {
				request.body(BODY);
			}
			request.retrieve().toBodilessEntity();
		});
	}

	Caller by(WebClient client) {
		return (method) -> call(method, (id) -> {
			WebClient.RequestBodySpec request = client.method(method).uri(this.url).header("X-Id", id);
			if (method == HttpMethod.POST) {
				request.bodyValue(BODY);
			}
			request.retrieve().toBodilessEntity().block();
		});
	}

	private void call(HttpMethod method, Exchange exchange) {
		String id = "zoo-%s-%d".formatted(method, BEGUN.incrementAndGet());
		long began = System.nanoTime();
		try {
			exchange.run(id);
			if (method == HttpMethod.POST) {
				this.answeredPosts.add(id);
			}
		}
		catch (RuntimeException ex) {
			if (!this.ended) {
				this.failures.add(new Failure(method, began, System.nanoTime(), ex));
			}
			throw ex;
		}
	}

	static boolean isPost(String id) {
		return id.startsWith("zoo-POST-");
	}

	/**
	 * What fails from now on is given up by whoever made these calls.
	 */
	void end() {
		this.ended = true;
	}

	Collection<String> answeredPosts() {
		return this.answeredPosts;
	}

	Collection<Failure> failures() {
		return this.failures;
	}

	@FunctionalInterface
	private interface Exchange {

		void run(String id);

	}

	/**
	 * A call that failed.
	 *
	 * @param method its method
	 * @param began when it began
	 * @param ended when it had failed
	 * @param exception what its caller got
	 */
	record Failure(HttpMethod method, long began, long ended, Exception exception) {

	}

}
