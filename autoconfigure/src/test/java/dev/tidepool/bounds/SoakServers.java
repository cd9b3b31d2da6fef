package dev.tidepool.bounds;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.ScriptedServer.Request;
import dev.tidepool.testsupport.TestTls;

/**
 * The upstreams of a soak: each does what is planned for a call, and they count together
 * how often its request arrived.
 */
final class SoakServers implements AutoCloseable {

	/**
	 * The header with the number of a call, in request and response.
	 */
	static final String NUMBER = NumberedReply.NUMBER;

	private final long seed;

	private final List<SoakUpstream> upstreams;

	private final Map<SoakUpstream, ScriptedServer> servers = new LinkedHashMap<>();

	private final AtomicIntegerArray requests;

	private final AtomicIntegerArray redirectedRequests;

	private final Consumer<String> violations;

	SoakServers(long seed, List<SoakUpstream> upstreams, int calls, Consumer<String> violations) throws IOException {
		this.seed = seed;
		this.upstreams = upstreams;
		this.requests = new AtomicIntegerArray(calls);
		this.redirectedRequests = new AtomicIntegerArray(calls);
		this.violations = violations;
		for (SoakUpstream upstream : upstreams) {
			Duration keepAlive = upstream.keepAliveTimeout();
			this.servers.put(upstream,
					(upstream.tls() ? ScriptedServer.startTls(TestTls.server("first"), keepAlive, this::answer)
							: ScriptedServer.start(keepAlive, this::answer))
						.withoutLog()
						.withFinDelay(Duration.ofMillis(1)));
		}
	}

	ScriptedServer of(SoakUpstream upstream) {
		return this.servers.get(upstream);
	}

	Map<SoakUpstream, ScriptedServer> all() {
		return this.servers;
	}

	/**
	 * How often the request of a call arrived, whole.
	 * @param call the number of the call
	 * @return the number of times
	 */
	int requests(int call) {
		return this.requests.get(call);
	}

	/**
	 * How often the request of a call arrived where it was redirected to.
	 * @param call the number of the call
	 * @return the number of times
	 */
	int redirectedRequests(int call) {
		return this.redirectedRequests.get(call);
	}

	private void answer(Exchange exchange) throws Exception {
		Request request = exchange.request();
		SoakPlan plan = SoakPlan.of(this.seed, this.upstreams, Integer.parseInt(request.header(NUMBER)));
		boolean redirected = request.path().equals(SoakReply.REDIRECTED);
		check(request, plan, redirected);
		int arrival = (redirected ? this.redirectedRequests : this.requests).incrementAndGet(plan.number());
		SoakReply reply = new SoakReply(exchange, plan, arrival == 1, elsewhere(plan));
		if (redirected) {
			reply.whole();
		}
		else {
			plan.answer().give(reply);
		}
	}

	// Not from TLS to plain, which is not followed, nor to where connections are lost
	private URI elsewhere(SoakPlan plan) {
		SoakUpstream upstream = plan.upstream();
		SoakUpstream other = this.upstreams.get(plan.number() % this.upstreams.size());
		return of((upstream.tls() || other.losesConnections()) ? upstream : other).uri("/");
	}

	private void check(Request request, SoakPlan plan, boolean redirected) {
		boolean becameGet = redirected && plan.answer() == SoakAnswer.REDIRECTS_TO_GET
				&& plan.method() == SoakMethod.POST;
		boolean isGet = !plan.method().hasBody() || becameGet;
		String method = isGet ? "GET" : plan.method().method().name();
		int size = isGet ? 0 : plan.requestSize();
		if (!request.method().equals(method) || request.body().length != size
				|| !SoakBody.isStartOf(request.body(), plan.number())) {
			this.violations
				.accept("%s arrived as %s with %s".formatted(plan, request.method(), SoakBody.show(request.body())));
		}
	}

	@Override
	public void close() throws IOException {
		for (ScriptedServer server : this.servers.values()) {
			server.close();
		}
	}

}
