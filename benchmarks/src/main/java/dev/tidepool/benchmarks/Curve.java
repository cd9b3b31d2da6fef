package dev.tidepool.benchmarks;

import java.util.List;

/**
 * What grows.
 */
enum Curve {

	/**
	 * Hosts that are called in turn.
	 */
	UPSTREAMS("Upstreams", "8 callers fetch 180 bytes from each upstream in turn, each on a kept connection.",
			List.of(1, 10, 100, 1_000, 10_000), GrowthPoints::upstreams),

	/**
	 * Connections that nobody uses.
	 */
	IDLE("Idle connections",
			"8 callers fetch 180 bytes, beside idle connections to the same upstream. Heap: what each of these adds.",
			List.of(0, 100, 1_000, 10_000), GrowthPoints::idle),

	/**
	 * Callers for which there is no connection.
	 */
	PENDING("Pending", """
			8 connections; besides the 8 requests in flight there are always that many that wait for one of these \
			(WebClient and HttpClient's asynchronous client, so that waiting takes no thread; the first costs more by \
			itself, so that it is the growth that compares).""", List.of(0, 10, 100, 1_000, 10_000),
			GrowthPoints::pending),

	/**
	 * Bytes that are fetched.
	 */
	BODY("Body, bytes", "2 callers fetch bodies of this size, and read them from a stream.", BodySizes.ALL,
			GrowthPoints::body),

	/**
	 * Bytes that are sent.
	 */
	UPLOAD("Upload, bytes", "2 callers send bodies of this size.", BodySizes.ALL, GrowthPoints::upload);

	private final String title;

	private final String what;

	private final List<Integer> points;

	private final Point point;

	Curve(String title, String what, List<Integer> points, Point point) {
		this.title = title;
		this.what = what;
		this.points = points;
		this.point = point;
	}

	String title() {
		return this.title;
	}

	String what() {
		return this.what;
	}

	List<Integer> points() {
		return this.points;
	}

	/**
	 * Whether it is the bytes of bodies that grow.
	 * @return whether it is
	 */
	boolean isOfBytes() {
		return this == BODY || this == UPLOAD;
	}

	/**
	 * Measure one point, in this JVM.
	 * @param side which of the two
	 * @param size how much there is of what grows
	 * @param request to whom
	 * @param options how long
	 * @return what was measured
	 */
	GrowthResult measure(Side side, int size, Request request, Options options) throws Exception {
		return this.point.measure(side, size, request, options);
	}

	/**
	 * Measures a point.
	 */
	@FunctionalInterface
	private interface Point {

		GrowthResult measure(Side side, int size, Request request, Options options) throws Exception;

	}

}
