package dev.tidepool.soak;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.tidepool.bounds.NumberedReply;
import dev.tidepool.bounds.SoakBody;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.ScriptedServer.Request;
import dev.tidepool.testsupport.TestTls;

/**
 * The upstreams: each does what is planned for a call, and they count together how often
 * its request arrived, be it in part.
 */
final class MixedServers implements AutoCloseable {

	/**
	 * The header with the number of a call, in request and response.
	 */
	static final String NUMBER = NumberedReply.NUMBER;

	/**
	 * The SSL bundle that stays, and the one that is changed.
	 */
	static final String KEPT = "kept";

	static final String ROTATED = "rotated";

	private static final String REDIRECTED = "/redirected/";

	private static final int SOME = 8;

	private final long seed;

	private final Map<MixedUpstream, MixedServer> servers = new EnumMap<>(MixedUpstream.class);

	private final AtomicIntegerArray arrivals;

	private final AtomicIntegerArray redirectedArrivals;

	private final Consumer<String> violations;

	MixedServers(long seed, int mostCalls, Consumer<String> violations) throws IOException {
		this.seed = seed;
		this.arrivals = new AtomicIntegerArray(mostCalls);
		this.redirectedArrivals = new AtomicIntegerArray(mostCalls);
		this.violations = violations;
		for (MixedUpstream upstream : MixedUpstream.values()) {
			this.servers.put(upstream, new MixedServer(upstream, this::answer));
		}
	}

	MixedServer of(MixedUpstream upstream) {
		return this.servers.get(upstream);
	}

	Stream<String> properties() {
		Stream<String> bundles = Stream.of(TestTls.trustProperty(KEPT, "first"),
				TestTls.trustProperty(ROTATED, "first"));
		return Stream.concat(bundles,
				this.servers.entrySet()
					.stream()
					.flatMap((entry) -> entry.getKey().properties(entry.getValue().port())));
	}

	/**
	 * How often the request of a call arrived where it was sent to, or where it was
	 * redirected to, whichever is more.
	 * @param call the number of the call
	 * @return the number of times
	 */
	int arrivals(int call) {
		return Math.max(this.arrivals.get(call), this.redirectedArrivals.get(call));
	}

	private void answer(Exchange exchange) throws Exception {
		try {
			answered(exchange);
		}
		catch (RuntimeException ex) {
			this.violations.accept("An upstream failed with " + ex);
			throw ex;
		}
	}

	private void answered(Exchange exchange) throws Exception {
		Request request = exchange.request();
		boolean redirected = request.path().startsWith(REDIRECTED);
		// HttpClient makes a GET of a POST without any of its headers
		String number = redirected ? request.path().substring(REDIRECTED.length()) : request.header(NUMBER);
		MixedPlan plan = MixedPlan.of(this.seed, Integer.parseInt(number));
		int arrival = (redirected ? this.redirectedArrivals : this.arrivals).incrementAndGet(plan.number());
		boolean inPart = !redirected && plan.answer() == MixedAnswer.RESETS_IN_REQUEST
				&& (arrival == 1 || plan.always());
		check(request, MixedRequest.read(exchange, inPart ? SOME : Integer.MAX_VALUE), plan, redirected, inPart);
		MixedReply reply = new MixedReply(exchange, plan, arrival == 1, elsewhere(plan));
		if (redirected) {
			reply.whole();
		}
		else {
			plan.answer().give(reply);
		}
	}

	// Not from TLS to plain, which is not followed
	private String elsewhere(MixedPlan plan) {
		return of(plan.upstream().isTls() ? MixedUpstream.STEADY_TLS : MixedUpstream.STEADY).url() + REDIRECTED
				+ plan.number();
	}

	private void check(Request request, byte[] body, MixedPlan plan, boolean redirected, boolean inPart) {
		boolean becameGet = redirected && plan.answer() == MixedAnswer.REDIRECTS_TO_GET;
		boolean isGet = !plan.method().hasBody() || (becameGet && plan.method() != MixedMethod.PUT);
		String method = isGet ? "GET" : plan.method().method().name();
		int size = isGet ? 0 : inPart ? Math.min(SOME, plan.requestSize()) : plan.requestSize();
		if (!request.method().equals(method) || body.length != size || !SoakBody.isStartOf(body, plan.number())) {
			this.violations.accept("%s arrived as %s with %s".formatted(plan, request.method(), SoakBody.show(body)));
		}
	}

	@Override
	public void close() throws IOException {
		for (MixedServer server : this.servers.values()) {
			server.close();
		}
	}

}
