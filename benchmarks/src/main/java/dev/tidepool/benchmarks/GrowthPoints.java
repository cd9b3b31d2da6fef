package dev.tidepool.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Measures the points of the curves.
 */
final class GrowthPoints {

	private static final int CALLERS = 8;

	private static final int BODY_CALLERS = 2;

	private GrowthPoints() {
	}

	static GrowthResult upstreams(Side side, int size, Request request, Options options) throws Exception {
		List<URI> upstreams = IntStream.range(0, size)
			.mapToObj((i) -> URI
				.create("http://host-%d.test:%d%s".formatted(i, request.uri().getPort(), request.uri().getRawPath())))
			.toList();
		AtomicInteger next = new AtomicInteger();
		try (GrowthClient client = side.open(request, size + CALLERS)) {
			for (URI upstream : upstreams) {
				client.get(upstream);
			}
			GrowthResult result = measure(size, 0, options, request.exchange().answerLength(), CALLERS,
					() -> client.get(upstreams.get(Math.floorMod(next.getAndIncrement(), size))));
			KeptSockets.check(request.uri(), size, size + CALLERS);
			return result;
		}
	}

	static GrowthResult idle(Side side, int size, Request request, Options options) throws Exception {
		try (GrowthClient client = side.open(request, size + CALLERS)) {
			client.get(request.uri());
			long before = usedHeap();
			addIdle(client, request.uri(), size);
			long heap = usedHeap() - before;
			KeptSockets.check(request.uri(), Math.max(size, 1), Math.max(size, 1));
			return measure(size, heap, options, request.exchange().answerLength(), CALLERS,
					() -> client.get(request.uri()));
		}
	}

	/**
	 * Have idle connections.
	 * @param client whose
	 * @param uri where to
	 * @param number how many
	 */
	static void addIdle(GrowthClient client, URI uri, int number) throws IOException {
		List<Closeable> held = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			held.add(client.hold(uri));
		}
		for (Closeable each : held) {
			each.close();
		}
	}

	static GrowthResult pending(Side side, int size, Request request, Options options) throws Exception {
		try (AsyncClient client = (side == Side.HTTPCLIENT) ? new HttpAsyncClientAlone(request, CALLERS)
				: queueing(request, size)) {
			Traffic traffic = client.traffic(request.exchange().answerLength(), CALLERS + size, false);
			GrowthResult result = new GrowthResult(size, 0,
					new Load(traffic, options.upstream()).run(options.warmUp(), options.measure()));
			KeptSockets.check(request.uri(), CALLERS);
			return result;
		}
	}

	private static AsyncClient queueing(Request request, int pending) {
		return new WebClientOfBoot(request, CALLERS,
				Application.run(request,
						Map.of("tidepool.pool.max-per-upstream", CALLERS, "tidepool.pool.max-pending",
								pending + CALLERS, "tidepool.pool.acquire-timeout", "60s"),
						Meters.class),
				"dev.tidepool.");
	}

	static GrowthResult body(Side side, int size, Request request, Options options) throws Exception {
		URI uri = request.uri().resolve("/bytes/" + size);
		try (GrowthClient client = side.open(request, BODY_CALLERS)) {
			return measure(size, 0, options, size, BODY_CALLERS, () -> client.get(uri));
		}
	}

	static GrowthResult upload(Side side, int size, Request request, Options options) throws Exception {
		URI uri = request.uri().resolve("/upload");
		byte[] body = new byte[size];
		try (GrowthClient client = side.open(request, BODY_CALLERS)) {
			return measure(size, 0, options, 0, BODY_CALLERS, () -> client.send(uri, body));
		}
	}

	private static GrowthResult measure(int size, long heap, Options options, int bodyLength, int callers,
			Callers.Call call) throws Exception {
		Traffic traffic = new Callers(call, bodyLength, callers, CallerThreads.of(false));
		return new GrowthResult(size, heap,
				new Load(traffic, options.upstream()).run(options.warmUp(), options.measure()));
	}

	private static long usedHeap() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
