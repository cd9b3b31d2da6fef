package dev.tidepool.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The sections of the page, in their order.
 */
enum Section {

	/**
	 * Clients whose callers wait.
	 */
	CLASSIC_GET("RestClient: GET", Comparison.classic(Exchange.GET)),

	/**
	 * The same, sending a body.
	 */
	CLASSIC_POST("RestClient: POST", Comparison.classic(Exchange.POST)),

	/**
	 * The same over TLS.
	 */
	CLASSIC_TLS_GET("RestClient: GET over TLS", Comparison.classic(Exchange.TLS_GET)),

	/**
	 * The same over TLS, sending a body.
	 */
	CLASSIC_TLS_POST("RestClient: POST over TLS", Comparison.classic(Exchange.TLS_POST)),

	/**
	 * Callers that wait on virtual threads.
	 */
	VIRTUAL_GET("RestClient on virtual threads: GET", Comparison.virtual(Exchange.GET)),

	/**
	 * The same, sending a body.
	 */
	VIRTUAL_POST("RestClient on virtual threads: POST", Comparison.virtual(Exchange.POST)),

	/**
	 * Clients that nobody waits for.
	 */
	REACTIVE_GET("WebClient: GET", Comparison.reactive(Exchange.GET)),

	/**
	 * The same, sending a body.
	 */
	REACTIVE_POST("WebClient: POST", Comparison.reactive(Exchange.POST)),

	/**
	 * The same over TLS.
	 */
	REACTIVE_TLS_GET("WebClient: GET over TLS", Comparison.reactive(Exchange.TLS_GET)),

	/**
	 * The same over TLS, sending a body.
	 */
	REACTIVE_TLS_POST("WebClient: POST over TLS", Comparison.reactive(Exchange.TLS_POST)),

	/**
	 * Cost by the number of callers.
	 */
	GROWTH_CALLERS("How cost grows: callers", Comparison.growing(false)),

	/**
	 * The same on virtual threads.
	 */
	GROWTH_VIRTUAL("How cost grows: callers on virtual threads", Comparison.growing(true)),

	/**
	 * Cost by the number of upstreams.
	 */
	GROWTH_UPSTREAMS("How cost grows: upstreams", new Growth(Curve.UPSTREAMS)),

	/**
	 * Cost by the number of idle connections, and their memory.
	 */
	GROWTH_IDLE("How cost grows: idle connections", new Growth(Curve.IDLE)),

	/**
	 * Cost by the number of those who wait.
	 */
	GROWTH_PENDING("How cost grows: pending", new Growth(Curve.PENDING)),

	/**
	 * Cost by the length of bodies.
	 */
	GROWTH_BYTES("How cost grows: bodies", new Growth(Curve.BODY, Curve.UPLOAD)),

	/**
	 * Cost of the pool by the number of callers and of upstreams.
	 */
	LEASES("Leasing", new Leases()),

	/**
	 * What an application takes longer to start.
	 */
	START_UP("Start-up time", new StartUp()),

	/**
	 * How long the slowest calls take.
	 */
	LATENCY("Latency", new Latency()),

	/**
	 * What the pure parts of a call cost.
	 */
	PARTS("Parts of a call", new Parts());

	private final String title;

	private final Measuring measuring;

	Section(String title, Measuring measuring) {
		this.title = title;
		this.measuring = measuring;
	}

	/**
	 * Sections by their names, or by how their names begin.
	 * @param names separated by commas; {@code classic} means all that begin with it
	 * @return the sections
	 */
	static List<Section> of(String names) {
		return Stream.of(names.split(",")).flatMap((name) -> startingWith(name.strip()).stream()).distinct().toList();
	}

	private static List<Section> startingWith(String name) {
		List<Section> exact = Stream.of(values()).filter((section) -> section.id().equals(name)).toList();
		List<Section> found = !exact.isEmpty() ? exact
				: Stream.of(values())
					.filter((section) -> name.equals("all") || section.id().startsWith(name + "-"))
					.toList();
		if (found.isEmpty()) {
			throw new IllegalArgumentException("No section is called '%s'. There are: %s".formatted(name,
					Stream.of(values()).map(Section::id).toList()));
		}
		return found;
	}

	/**
	 * What the command line calls it.
	 * @return the name in lower case with dashes
	 */
	String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * What the page calls it.
	 * @return the heading
	 */
	String title() {
		return this.title;
	}

	/**
	 * Measure it.
	 * @param options how long
	 * @return Markdown
	 */
	String measure(Options options) throws IOException, InterruptedException {
		return this.measuring.measure(options);
	}

	/**
	 * Measures a section.
	 */
	@FunctionalInterface
	interface Measuring {

		/**
		 * Measure it.
		 * @param options how long
		 * @return Markdown
		 */
		String measure(Options options) throws IOException, InterruptedException;

	}

}
