package dev.tidepool.security;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.apache.hc.client5.http.DnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.actuate.findings.Findings;
import dev.tidepool.actuate.findings.History;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ClosedPort;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Under load, with failures of all kinds, what is secret is in no log line, no exception,
 * and nothing that an operator sees.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretsIT {

	private static final int ROUNDS = 3;

	private static final int CALLERS = 8;

	private static final List<String> FAILING = List.of("/close", "/reset", "/silent", "/half-a-body", "/silent-body",
			"/no-redirect", "/strange-redirect", "/endless-redirect", "/redirect-loop", "/no-status-line",
			"/bad-version", "/bad-status", "/no-colon", "/space-before-colon", "/bad-length", "/two-lengths",
			"/bad-coding", "/bad-chunk", "/bad-trailer", "/long-line", "/many-fields", "/many-interim-responses",
			"/unasked-upgrade", "/bad-redirect");

	private static final List<String> ANSWERED = List.of("/fine", "/unavailable");

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	private final Map<String, Integer> failed = new LinkedHashMap<>();

	private ScriptedServer server;

	private ScriptedServer secure;

	private ScriptedServer proxy;

	private ClosedPort closed;

	@BeforeEach
	void start() throws Exception {
		this.server = ScriptedServer.start(SecretUpstream::answer);
		this.secure = ScriptedServer.startTls(TestTls.server("second"), Duration.ZERO, SecretUpstream::answer);
		this.proxy = ScriptedServer.start((exchange) -> {
			boolean known = exchange.request().headers().containsKey("Proxy-Authorization");
			exchange.respond(known ? 403 : 407, Marks.PROXY_ANSWER, "X-Answer: " + Marks.PROXY_ANSWER,
					"Proxy-Authenticate: Basic realm=\"" + Marks.PROXY_ANSWER + "\"");
		});
		this.closed = new ClosedPort();
	}

	@AfterEach
	void stop() throws IOException {
		this.server.close();
		this.secure.close();
		this.proxy.close();
		this.closed.close();
	}

	@Test
	void secretsAreShownNowhere(CapturedOutput output) throws Exception {
		Map<String, String> shown = new LinkedHashMap<>();
		try (ConfigurableApplicationContext context = run()) {
			Upstreams upstreams = context.getBean(Upstreams.class);
			Findings findings = new Findings(upstreams, new History(upstreams), List.of());
			RestClient blocking = context.getBean(RestClient.class);
			WebClient reactive = context.getBean(WebClient.class);
			ClientHttpResponse leaked = leak(blocking);
			load((call) -> call.through(blocking), (call) -> call.through(reactive));
			exhaust((call) -> call.through(blocking), (call) -> call.through(reactive));
			Awaitility.await().until(() -> output.getAll().contains("has not come back"));
			findings.swept(upstreams.clock().nanoTime() + Duration.ofMinutes(1).toNanos());
			assertThat(findings.current()).isNotEmpty();
			shown.put("findings", findings.current().toString());
			shown.putAll(scrape(context));
			leaked.close();
		}
		shown.put("log", output.getAll());
		this.failures.forEach((failure) -> shown.put(text(failure), text(failure)));
		assertThat(shown).allSatisfy((where, text) -> assertThat(Marks.in(text)).as(where).isEmpty());
		assertThatTheSecretsWereThere();
	}

	private void assertThatTheSecretsWereThere() {
		List<String> calls = calls().stream().map((call) -> call.uri().toString()).toList();
		assertThat(calls).allSatisfy((uri) -> {
			boolean answered = uri.contains("plain.proxied.test")
					|| ANSWERED.stream().anyMatch((path) -> uri.startsWith(this.server.url() + path));
			int expected = answered ? 0 : 2 * ROUNDS;
			assertThat(this.failed.getOrDefault(uri, 0)).as("failures of " + uri).isEqualTo(expected);
		});
		String sent = this.server.log().toString();
		assertThat(sent).contains(Marks.AUTHORIZATION, Marks.COOKIE, Marks.API_KEY, Marks.QUERY);
		assertThat(this.server.log()).extracting((request) -> new String(request.body()))
			.anyMatch((body) -> body.contains(Marks.REQUEST_BODY));
		assertThat(this.proxy.log().toString()).contains(Marks.basic());
	}

	private void load(Consumer<SecretCall> blocking, Consumer<SecretCall> reactive) throws Exception {
		List<Callable<Void>> tasks = new ArrayList<>();
		for (int i = 0; i < ROUNDS; i++) {
			for (SecretCall call : calls()) {
				tasks.add(() -> make(call, blocking));
				tasks.add(() -> make(call, reactive));
			}
		}
		together(CALLERS, tasks);
	}

	// Two hold what there is, two wait in vain, and the rest is refused
	private void exhaust(Consumer<SecretCall> blocking, Consumer<SecretCall> reactive) throws Exception {
		SecretCall held = SecretCall.get("http://127.0.0.1:" + this.server.port() + "/held?" + Marks.QUERY);
		List<Callable<Void>> tasks = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			tasks.add(() -> make(held, blocking));
			tasks.add(() -> make(held, reactive));
		}
		together(tasks.size(), tasks);
		assertThat(this.failures).extracting(SecretsIT::text)
			.anyMatch((text) -> text.contains("did not become free"))
			.anyMatch((text) -> text.contains("is not waited for"));
	}

	private static void together(int threads, List<Callable<Void>> tasks) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			for (Future<Void> done : executor.invokeAll(tasks, 3, TimeUnit.MINUTES)) {
				done.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	private Void make(SecretCall call, Consumer<SecretCall> client) {
		try {
			client.accept(call);
		}
		catch (RuntimeException ex) {
			this.failures.add(ex);
			synchronized (this.failed) {
				this.failed.merge(call.uri().toString(), 1, Integer::sum);
			}
		}
		return null;
	}

	private List<SecretCall> calls() {
		String query = "?token=" + Marks.QUERY;
		List<SecretCall> calls = new ArrayList<>();
		Stream.concat(FAILING.stream(), ANSWERED.stream())
			.forEach((path) -> calls.add(SecretCall.get(this.server.url() + path + query)));
		calls.add(SecretCall.post(this.server.url() + "/reset?of=post&token=" + Marks.QUERY));
		calls.add(SecretCall.get("http://localhost:" + this.closed.number() + "/" + query));
		calls.add(SecretCall.get("http://nowhere.invalid/" + query));
		calls.add(SecretCall.get("http://plain.proxied.test:" + this.closed.number() + "/fine" + query));
		calls.add(SecretCall.get("https://tunnel.proxied.test/" + query));
		calls.add(SecretCall.get(this.secure.url() + "/fine" + query));
		calls.add(SecretCall.get("https://localhost:" + this.server.port() + "/fine" + query));
		calls.add(SecretCall.get("http://user:" + Marks.USER_INFO + "@localhost:" + this.server.port() + "/x" + query));
		calls.add(SecretCall
			.get("http://user:" + Marks.USER_INFO + "@localhost:" + this.server.port() + "/\u00e4" + query));
		calls.add(SecretCall.get(this.server.url() + "/\u20ac" + query));
		calls.add(SecretCall.get(this.server.url() + "/bad-header" + query).header(Marks.BAD_HEADER + "\r\nX: x"));
		return calls;
	}

	private ClientHttpResponse leak(RestClient client) {
		return client.method(HttpMethod.GET)
			.uri(URI.create("http://leaking.test:" + this.server.port() + "/fine?" + Marks.QUERY))
			.header("Authorization", Marks.AUTHORIZATION)
			.exchangeForRequiredValue((request, response) -> response, false);
	}

	private static Map<String, String> scrape(ConfigurableApplicationContext context) {
		String actuator = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port")
				+ "/actuator/";
		Map<String, String> shown = new LinkedHashMap<>();
		RestClient client = RestClient.create();
		for (String endpoint : List.of("tidepool", "health", "prometheus", "configprops", "env", "conditions", "beans",
				"tidepooldashboard")) {
			shown.put(endpoint, client.get().uri(actuator + endpoint).retrieve().body(String.class));
		}
		JsonMapper.shared()
			.readTree(shown.get("tidepool"))
			.at("/upstreams")
			.findValuesAsString("name")
			.forEach((name) -> shown.put("tidepool/" + name,
					client.get().uri(actuator + "tidepool/{name}", name).retrieve().body(String.class)));
		assertThat(shown).containsKeys("tidepool/small", "tidepool/proxied", "tidepool/leaking");
		return shown;
	}

	// Without where a call went, user-info and all, which RestClient says by itself
	private static String text(Throwable failure) {
		StringWriter text = new StringWriter();
		failure.printStackTrace(new PrintWriter(text));
		return text.toString()
			.replaceFirst("(ResourceAccessException: I/O error on [A-Z]+ request) for \"[^\"]*\"", "$1");
	}

	private ConfigurableApplicationContext run() {
		SpringApplication application = new SpringApplication(Application.class);
		application.setRegisterShutdownHook(false);
		return application.run("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
				"--logging.level.dev.tidepool=TRACE", "--management.endpoints.web.exposure.include=*",
				"--management.endpoint.health.show-details=always",
				"--spring.ssl.bundle.pem.own.keystore.certificate=classpath:tls/first.crt",
				"--spring.ssl.bundle.pem.own.keystore.private-key=classpath:tls/first.key",
				"--spring.ssl.bundle.pem.own.key.password=" + Marks.KEY_PASSWORD,
				"--" + TestTls.trustProperty("own", "first"), "--tidepool.ssl.bundle=own",
				"--tidepool.redirect.secret-headers=X-Api-Key", "--tidepool.timeout.response=3s",
				"--tidepool.timeout.read=1s", "--tidepool.timeout.tls-handshake=1s",
				"--tidepool.retry.backoff.initial=1ms", "--tidepool.retry.max-attempts=2",
				"--tidepool.upstreams.proxied.hosts=*.proxied.test",
				"--tidepool.upstreams.proxied.proxy.url=" + this.proxy.url(),
				"--tidepool.upstreams.proxied.proxy.username=" + Marks.PROXY_USER,
				"--tidepool.upstreams.proxied.proxy.password=" + Marks.PROXY_PASSWORD,
				"--tidepool.upstreams.leaking.hosts=leaking.test",
				"--tidepool.upstreams.leaking.pool.leak-detection-threshold=20ms",
				"--tidepool.upstreams.small.hosts=127.0.0.1:" + this.server.port(),
				"--tidepool.upstreams.small.timeout.response=20s", "--tidepool.upstreams.small.pool.max-per-upstream=2",
				"--tidepool.upstreams.small.pool.max-pending=2", "--tidepool.upstreams.small.pool.acquire-timeout=1s");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		DnsResolver names() throws IOException {
			return new ScriptedResolver().with("localhost", "127.0.0.1").with("leaking.test", "127.0.0.1");
		}

	}

}
