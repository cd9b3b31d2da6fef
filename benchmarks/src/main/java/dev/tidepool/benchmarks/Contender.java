package dev.tidepool.benchmarks;

import java.util.Locale;
import java.util.stream.Stream;

/**
 * One way to make a call: a row of a table.
 */
enum Contender {

	/**
	 * The least that a call can cost.
	 */
	RAW_SOCKETS("Raw sockets", "each caller writes and reads on a blocking socket of its own", RawSockets::new),

	/**
	 * What the others are compared with.
	 */
	HTTPCLIENT("HttpClient alone", """
			a pool as large as the callers; cookies, auth caching, compression, redirects and automatic retries off""",
			HttpClientAlone::tuned),

	/**
	 * As {@code HttpClients.createDefault()} makes it.
	 */
	HTTPCLIENT_DEFAULT("HttpClient alone, defaults", "`HttpClients.createDefault()`, so 5 connections for an upstream",
			HttpClientAlone::withDefaults),

	/**
	 * OkHttp without Spring.
	 */
	OKHTTP("OkHttp alone", "OkHttp that keeps as many connections as there are callers", OkHttpAlone::new),

	/**
	 * Another language, without TLS.
	 */
	GO("Go's net/http", """
			another process, with Go's defaults for memory and threads; each caller is a goroutine, the `Transport` \
			keeps as many connections as there are callers, compression is off""", GoNetHttp::new),

	/**
	 * The least that RestClient adds.
	 */
	RESTCLIENT_TUNED("RestClient on tuned HttpClient", "on the HttpClient of the baseline", RestClientOfBoot::onTuned),

	/**
	 * What an application has without Tidepool.
	 */
	RESTCLIENT_BOOT("RestClient on Boot's HttpClient",
			"as Spring Boot has it, so 5 connections for an upstream; without Tidepool and without meters",
			RestClientOfBoot::onHttpComponents),

	/**
	 * Jetty's client, as Boot has it.
	 */
	RESTCLIENT_JETTY("RestClient on Jetty", "as Spring Boot has it", RestClientOfBoot::onJetty),

	/**
	 * Reactor Netty, as Boot has it.
	 */
	RESTCLIENT_REACTOR("RestClient on Reactor Netty", "as Spring Boot has it", RestClientOfBoot::onReactor),

	/**
	 * The client of the JDK, as Boot has it.
	 */
	RESTCLIENT_JDK("RestClient on the JDK's client", "as Spring Boot has it", RestClientOfBoot::onJdk),

	/**
	 * Without a meter registry.
	 */
	TIDEPOOL_BARE("RestClient on Tidepool, bare",
			"the starter's defaults, with a larger pool for more than 200 callers; without a meter registry",
			RestClientOnTidepool::bare),

	/**
	 * As applications have it.
	 */
	TIDEPOOL("RestClient on Tidepool",
			"the starter's defaults, with a larger pool for more than 200 callers; its meters in a `SimpleMeterRegistry`",
			RestClientOnTidepool::metered),

	/**
	 * As applications with Actuator have it.
	 */
	TIDEPOOL_OBSERVED("RestClient on Tidepool, observed",
			"besides its meters, those that Boot's observations make of each call where Actuator is there",
			RestClientOnTidepool::observed),

	/**
	 * As applications with Actuator have it that look at what a call costs.
	 */
	TIDEPOOL_OBSERVED_SAVING("RestClient on Tidepool, observed, saving", "observed without long task timers",
			RestClientOnTidepool::observedAndSaving),

	/**
	 * What the others on virtual threads are compared with.
	 */
	HTTPCLIENT_VIRTUAL("HttpClient alone, virtual", "HttpClient alone, its callers on virtual threads",
			HttpClientAlone::tuned),

	/**
	 * Tidepool on virtual threads.
	 */
	TIDEPOOL_VIRTUAL("RestClient on Tidepool, virtual", "RestClient on Tidepool, its callers on virtual threads",
			RestClientOnTidepool::metered),

	/**
	 * What other clients that nobody waits for are compared with.
	 */
	ASYNC("HttpClient async alone", "cookies, auth caching, compression, redirects and automatic retries off",
			HttpAsyncClientAlone::new),

	/**
	 * WebClient on Tidepool.
	 */
	WEBCLIENT_TIDEPOOL("WebClient on Tidepool", "otherwise the starter's defaults, with its meters bound",
			WebClientOnTidepool::new),

	/**
	 * What WebClient runs on where Boot chooses.
	 */
	WEBCLIENT_REACTOR("WebClient on Reactor Netty", "otherwise as Spring Boot has it, without Tidepool and meters",
			WebClientOfBoot::onReactorNetty),

	/**
	 * WebClient on HttpClient.
	 */
	WEBCLIENT_HTTPCOMPONENTS("WebClient on HttpComponents",
			"otherwise as Spring Boot has it, without Tidepool and meters", WebClientOfBoot::onHttpComponents);

	private final String title;

	private final String description;

	private final Opening opening;

	Contender(String title, String description, Opening opening) {
		this.title = title;
		this.description = description;
		this.opening = opening;
	}

	static Contender of(String id) {
		return Stream.of(values())
			.filter((contender) -> contender.id().equals(id))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("No contender is called '%s'. There are: %s".formatted(id,
					Stream.of(values()).map(Contender::id).toList())));
	}

	/**
	 * What the command line calls it.
	 * @return the name in lower case with dashes
	 */
	String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * What the tables call it.
	 * @return its name
	 */
	String title() {
		return this.title;
	}

	/**
	 * What it is, for who reads the table.
	 * @return Markdown
	 */
	String description() {
		return this.description;
	}

	/**
	 * Whether those who call are virtual threads.
	 * @return whether they are
	 */
	boolean isVirtual() {
		return this == HTTPCLIENT_VIRTUAL || this == TIDEPOOL_VIRTUAL;
	}

	/**
	 * Whether it can make an exchange.
	 * @param exchange what is sent and answered, and over what
	 * @return whether it can
	 */
	boolean speaks(Exchange exchange) {
		return this != GO || !exchange.isTls();
	}

	/**
	 * Whether what it needs beside Java is on this machine.
	 * @param searchPath the folders of commands, as {@code PATH} has them
	 * @return whether it is
	 */
	boolean isInstalled(String searchPath) {
		return this != GO || GoToolchain.find(searchPath).isPresent();
	}

	Client open(Request request, int callers) {
		return this.opening.open(request, callers);
	}

	/**
	 * Makes a client.
	 */
	@FunctionalInterface
	private interface Opening {

		/**
		 * Make a client.
		 * @param request what it calls
		 * @param callers how many calls there will be at once
		 * @return the client
		 */
		Client open(Request request, int callers);

	}

}
