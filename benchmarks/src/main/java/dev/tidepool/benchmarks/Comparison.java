package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a call costs each contender: rounds A B A B, each contender in a JVM of its own,
 * all in front of the same upstream. The first is what the others are compared with.
 *
 * @param intro what is measured
 * @param atOnce what the table calls the number of calls at once
 * @param levels the option that has these numbers
 * @param exchange what is sent and answered
 * @param virtual whether a JDK with virtual threads is needed
 * @param contenders the rows
 */
record Comparison(String intro, String atOnce, String levels, Exchange exchange, boolean virtual,
		List<Contender> contenders) implements Section.Measuring {

	private static final String CLASSIC = """
			CPU time of the client's process, and bytes that all its threads allocate. Each caller waits, on a thread \
			of its own.""";

	private static final String REACTIVE = """
			CPU time of the client's process, and bytes that all its threads allocate. Each answer starts the next \
			request, on the client's own thread that brought it. Every pool is at least as large as the requests in flight, \
			and has its connections when measuring begins.""";

	private static final String TEXT = """
			%s %s

			%s

			Ratios are to %s.

			%s
			%s
			""";

	static Comparison classic(Exchange exchange) {
		return new Comparison(CLASSIC, "Callers", "levels", exchange, false,
				Stream
					.of(Contender.HTTPCLIENT, Contender.RAW_SOCKETS, Contender.HTTPCLIENT_DEFAULT, Contender.OKHTTP,
							Contender.GO, Contender.TIDEPOOL_BARE, Contender.TIDEPOOL, Contender.TIDEPOOL_OBSERVED,
							Contender.TIDEPOOL_OBSERVED_SAVING, Contender.RESTCLIENT_TUNED, Contender.RESTCLIENT_BOOT,
							Contender.RESTCLIENT_JETTY, Contender.RESTCLIENT_REACTOR, Contender.RESTCLIENT_JDK)
					.filter((contender) -> contender.speaks(exchange))
					.toList());
	}

	static Comparison virtual(Exchange exchange) {
		return new Comparison(CLASSIC, "Callers", "levels", exchange, true, List.of(Contender.HTTPCLIENT_VIRTUAL,
				Contender.TIDEPOOL_VIRTUAL, Contender.HTTPCLIENT, Contender.TIDEPOOL));
	}

	static Comparison reactive(Exchange exchange) {
		return new Comparison(REACTIVE, "In flight", "levels", exchange, false, List.of(Contender.ASYNC,
				Contender.WEBCLIENT_TIDEPOOL, Contender.WEBCLIENT_REACTOR, Contender.WEBCLIENT_HTTPCOMPONENTS));
	}

	/**
	 * How cost grows with the callers.
	 * @param virtual whether they are virtual threads
	 * @return the comparison of the two
	 */
	static Comparison growing(boolean virtual) {
		return new Comparison(CLASSIC, "Callers", "growth-callers", Exchange.GET, virtual,
				virtual ? List.of(Contender.HTTPCLIENT_VIRTUAL, Contender.TIDEPOOL_VIRTUAL)
						: List.of(Contender.HTTPCLIENT, Contender.TIDEPOOL));
	}

	Contender baseline() {
		return this.contenders.get(0);
	}

	@Override
	public String measure(Options options) throws IOException, InterruptedException {
		if (this.exchange.isTls() && !UpstreamProcess.hasNginx()) {
			return "Not measured: there is no TLS without nginx.";
		}
		Optional<Path> home = this.virtual ? VirtualThreadsJdk.find(options.get("jdk")) : Optional.of(JavaProcess.HOME);
		if (home.isEmpty()) {
			return "Not measured: no JDK with virtual threads was found.";
		}
		return measure(options.with("callers", options.get(this.levels)).with("exchange", this.exchange.name()),
				home.get());
	}

	private String measure(Options options, Path home) throws IOException, InterruptedException {
		List<Contender> asked = options.selected(this.contenders);
		List<Contender> rows = asked.stream().filter((contender) -> contender.isInstalled(GoToolchain.PATH)).toList();
		Machine machine = new Machine();
		Report report = new Report(this.atOnce);
		OtherWork others = new OtherWork(machine);
		String jvm = "";
		try (UpstreamProcess upstream = UpstreamProcess.start(options.core(), this.exchange.isTls())) {
			for (int round = 1; round <= options.rounds(); round++) {
				for (Contender contender : rows) {
					System.out.printf("Round %d of %d: %s, %s%n", round, options.rounds(), contender.title(),
							this.exchange);
					others.look();
					ContenderRun.Results results = ContenderRun.inOwnProcess(home, contender,
							upstream.request(this.exchange), upstream.processes(), options);
					results.measurements().forEach((measurement) -> report.add(contender, measurement));
					jvm = results.jvm();
				}
			}
			Conditions conditions = new Conditions(machine, jvm, upstream.toString(), report.upstreamLoad(),
					others.share());
			return TEXT.formatted(what(), this.intro, descriptions(asked, GoToolchain.PATH), baseline().title(),
					conditions.list(options), String.join("\n", report.table()));
		}
	}

	private String what() {
		String over = this.exchange.isTls() ? ", over TLS" : "";
		return this.exchange.isPost()
				? "POST of %d bytes of JSON, answered with %d%s, on kept connections."
					.formatted(Exchange.ORDER.length(), Exchange.RECEIPT.length(), over)
				: "GET of %d bytes%s, on kept connections.".formatted(Exchange.TEXT.length(), over);
	}

	static String descriptions(List<Contender> contenders, String searchPath) {
		return contenders.stream()
			.map((contender) -> "- %s: %s.".formatted(contender.title(),
					contender.isInstalled(searchPath) ? contender.description()
							: "not measured, as it is not installed here"))
			.collect(Collectors.joining("\n"));
	}

}
