package dev.tidepool.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Contenders that are compared with each other, in a table of their own. The first is
 * what the others are compared with.
 */
enum Section {

	/**
	 * Clients whose callers wait.
	 */
	CLASSIC("RestClient", "Callers", "callers", """
			CPU time of the client's process, and bytes that its callers allocate, each on a thread of its own.

			- HttpClient alone: a pool as large as the callers; cookies, auth caching, compression, redirects and \
			automatic retries off.
			- RestClient on Tidepool: the starter's defaults, with its meters bound.
			""", new Contender("HttpClient alone", HttpClientAlone::new),
			new Contender("RestClient on Tidepool", RestClientOnTidepool::new)),

	/**
	 * Clients that nobody waits for.
	 */
	REACTIVE("WebClient", "In flight", "in-flight", """
			CPU time of the client's process, and bytes that all its threads allocate. Each answer starts the next \
			request, on the client's own thread that brought it. Every pool is as large as the requests in flight, \
			and has its connections when measuring begins.

			- HttpClient async alone: cookies, auth caching, compression, redirects and automatic retries off.
			- WebClient on Tidepool: otherwise the starter's defaults, with its meters bound.
			- WebClient on Reactor Netty, WebClient on HttpComponents: otherwise as Spring Boot has them, without \
			Tidepool and without meters.
			""", new Contender("HttpClient async alone", HttpAsyncClientAlone::new),
			new Contender("WebClient on Tidepool", WebClientOnTidepool::new),
			new Contender("WebClient on Reactor Netty", WebClientOfBoot::onReactorNetty),
			new Contender("WebClient on HttpComponents", WebClientOfBoot::onHttpComponents));

	private final String title;

	private final String atOnce;

	private final String option;

	private final String notes;

	private final List<Contender> contenders;

	Section(String title, String atOnce, String option, String notes, Contender... contenders) {
		this.title = title;
		this.atOnce = atOnce;
		this.option = option;
		this.notes = notes;
		this.contenders = List.of(contenders);
	}

	static Section of(String name) {
		return valueOf(name.toUpperCase(Locale.ROOT));
	}

	static Contender contender(String name) {
		return Stream.of(values())
			.flatMap((section) -> section.contenders.stream())
			.filter((contender) -> contender.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("No contender is called '" + name + "'"));
	}

	/**
	 * What the page calls it.
	 * @return the heading
	 */
	String title() {
		return this.title;
	}

	/**
	 * What the table calls the number of calls at once.
	 * @return the heading of its first column
	 */
	String atOnce() {
		return this.atOnce;
	}

	/**
	 * Which option has the numbers of calls at once.
	 * @return its name
	 */
	String option() {
		return this.option;
	}

	/**
	 * What is measured, and what each contender is.
	 * @return Markdown
	 */
	String notes() {
		return this.notes;
	}

	List<Contender> contenders() {
		return this.contenders;
	}

	Contender baseline() {
		return this.contenders.get(0);
	}

}
