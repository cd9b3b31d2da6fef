package dev.tidepool.autoconfigure;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a user reads when the start is stopped by a bad property: Boot's own report, with
 * the property, its value, the file and line it came from, and the fix.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTests {

	private static final String SECRET = "s3cret";

	private static final Pattern REPORT = Pattern.compile("Description:\\R\\R(.*?)\\R\\RAction:\\R\\R(.*?)\\R",
			Pattern.DOTALL);

	@TempDir
	private Path folder;

	@ParameterizedTest(name = "{0}")
	@FaultCase(value = 65, through = { Client.REST_CLIENT, Client.WEB_CLIENT })
	@MethodSource("rows")
	void startIsStoppedNamingPropertyValueOriginAndFix(Row row, CapturedOutput output) throws Exception {
		Path file = Files.writeString(this.folder.resolve(row.file), row.text);
		Throwable failure = catchThrowable(() -> start("--spring.config.location=" + file.toUri()));
		assertThat(failure).as("failure of the start").isNotNull();
		Matcher report = REPORT.matcher(output.getOut());
		assertThat(report.find()).as(output.getOut()).isTrue();
		String description = report.group(1);
		assertThat(description).contains("'" + row.property + "'")
			.contains(row.file + "] - " + row.line + ":")
			.doesNotContain("dev.tidepool");
		if (row.value != null) {
			assertThat(description).contains("'" + row.value + "'");
		}
		assertThat(report.group(2)).contains(row.fix);
		assertThat(output.getAll()).doesNotContain(SECRET);
		assertThat(stackTraceOf(failure)).doesNotContain(SECRET);
	}

	static Stream<Row> rows() {
		List<Row> rows = new ArrayList<>();
		for (String key : List.of("pool.acquire-timeout", "keep-alive.upstream-timeout", "timeout.connect",
				"timeout.tls-handshake", "timeout.response", "timeout.read", "retry.backoff.initial",
				"retry.backoff.max")) {
			rows.add(general(key, "0s", "Set a duration such as 500ms, 2s or 1m."));
		}
		for (String key : List.of("pool.acquire-timeout", "pool.leak-detection-threshold",
				"keep-alive.upstream-timeout", "keep-alive.margin", "timeout.connect", "timeout.tls-handshake",
				"timeout.response", "timeout.read", "retry.backoff.initial", "retry.backoff.max",
				"retry.retry-after-max")) {
			rows.add(general(key, "-1s", "a duration such as 500ms, 2s or 1m."));
			rows.add(general(key, "soon", "Set a duration such as 500ms, 2s or 1m."));
		}
		rows.add(row("backoff.max below its default initial", "tidepool.retry.backoff.max=10ms",
				"tidepool.retry.backoff.max", "10ms", "Set max to initial or longer"));
		rows.add(row("backoff.initial above the default max", "tidepool.retry.backoff.initial=5s",
				"tidepool.retry.backoff.initial", "1s", "Set max to initial or longer"));
		rows.add(row("margin at the upstream-timeout", """
				tidepool.keep-alive.upstream-timeout=5s
				tidepool.keep-alive.margin=5s
				""", 2, "tidepool.keep-alive.margin", "5s", "Set a shorter margin"));
		rows.add(row("margin above the upstream-timeout", """
				tidepool.keep-alive.margin=6s
				tidepool.keep-alive.upstream-timeout=5s
				""", 1, "tidepool.keep-alive.margin", "6s", "Set a shorter margin"));
		rows.add(row("margin of an upstream above the general upstream-timeout", """
				tidepool.keep-alive.upstream-timeout=5s
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.orders.keep-alive.margin=6s
				""", 3, "tidepool.upstreams.orders.keep-alive.margin", "6s", "Set a shorter margin"));
		rows.add(row("upstream-timeout of an upstream below the general margin", """
				tidepool.keep-alive.margin=2s
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.orders.keep-alive.upstream-timeout=1s
				""", 3, "tidepool.upstreams.orders.keep-alive.upstream-timeout", "2s", "shorter margin"));
		rows.add(general("pool.max-per-upstream", "0", "Set the number of calls"));
		rows.add(general("pool.max-per-upstream", "-5", "Set the number of calls"));
		rows.add(general("pool.max-total", "0", "Set the number of connections"));
		rows.add(row("per-upstream above total", """
				tidepool.pool.max-per-upstream=50
				tidepool.pool.max-total=20
				""", 1, "tidepool.pool.max-per-upstream", "50", "Lower it, or raise"));
		rows.add(row("per-upstream of an upstream above total", """
				tidepool.pool.max-total=20
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.orders.pool.max-per-upstream=50
				""", 3, "tidepool.upstreams.orders.pool.max-per-upstream", "50", "Lower it, or raise"));
		addMinIdleRows(rows);
		rows.add(general("retry.max-attempts", "0", "Set 1 to never repeat"));
		rows.add(general("retry.max-attempts", "-1", "Set 1 to never repeat"));
		rows.add(row("max-attempts of an upstream", """
				tidepool.upstreams.orders.base-url=http://orders
				tidepool.upstreams.orders.retry.max-attempts=0
				""", 2, "tidepool.upstreams.orders.retry.max-attempts", "0", "Set 1 to never repeat"));
		rows.add(general("retry.budget.ratio", "1.5", "such as 0.2"));
		rows.add(general("retry.budget.ratio", "-0.1", "such as 0.2"));
		rows.add(general("retry.budget.ratio", "NaN", "such as 0.2"));
		rows.add(general("retry.budget.ratio", "20%", "Set a number"));
		rows.add(general("retry.budget.min-per-second", "-1", "Set 0 or the number"));
		rows.add(general("retry.backoff.multiplier", "0.5", "Set 1 for a constant bound"));
		rows.add(general("retry.backoff.multiplier", "Infinity", "Set 1 for a constant bound"));
		rows.add(row("status that is no error", "tidepool.retry.statuses=503,200", "tidepool.retry.statuses", "200",
				"List statuses from 400 to 599"));
		rows.add(yaml("status that is no error, in a YAML list", """
				tidepool:
				  retry:
				    statuses:
				    - 503
				    - 200
				""", 5, "tidepool.retry.statuses", "200", "List statuses from 400 to 599"));
		rows.add(row("header that is no name", "tidepool.retry.idempotency-key-headers=Request Id",
				"tidepool.retry.idempotency-key-headers", "Request Id", "List header names"));
		rows.add(general("redirect.max", "-1", "Set 0 to follow none"));
		rows.add(row("secret header that is no name", "tidepool.redirect.secret-headers=X Api Key",
				"tidepool.redirect.secret-headers", "X Api Key", "List header names"));
		for (String key : List.of("health.down-when-saturated", "health.down-when-unreachable")) {
			rows.add(general(key, "nosuch", "Name upstreams of tidepool.upstreams, or * for all."));
		}
		rows.add(general("ssl.bundle", "nosuch", "Define it under spring.ssl.bundle"));
		rows.add(row("unknown SSL bundle of an upstream", """
				spring.ssl.bundle.pem.mine.truststore.certificate=classpath:nosuch.pem
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.orders.ssl.bundle=nosuch
				""", 3, "tidepool.upstreams.orders.ssl.bundle", "nosuch", "there are: mine."));
		addProxyRows(rows);
		addUpstreamRows(rows);
		rows.add(row("typing error", "tidepool.pool.max-per-upstrem=50", "tidepool.pool.max-per-upstrem", "50",
				"tidepool.pool.max-per-upstream"));
		rows.add(row("typing error in a group", "tidepool.keepalives.upstream-timeout=5s",
				"tidepool.keepalives.upstream-timeout", "5s",
				"tidepool.enabled, tidepool.health, tidepool.keep-alive, "));
		rows.add(row("typing error under an upstream", """
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.orders.timeout.respons=5s
				""", 2, "tidepool.upstreams.orders.timeout.respons", "5s",
				"tidepool.upstreams.orders.timeout.call, tidepool.upstreams.orders.timeout.connect, "));
		rows.add(row("typing error in the password", "tidepool.proxy.pasword=" + SECRET, "tidepool.proxy.pasword",
				"******", "tidepool.proxy.password"));
		rows.add(row("user-info under a name that is not known", "tidepool.url=http://user:" + SECRET + "@proxy:3128",
				"tidepool.url", "http://******@proxy:3128", "tidepool.proxy"));
		rows.add(row("general property under an upstream", """
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.orders.pool.max-total=5
				""", 2, "tidepool.upstreams.orders.pool.max-total", "5",
				"tidepool.upstreams.orders.pool.max-per-upstream"));
		rows.add(row("property below a property", "tidepool.pool.max-total.connections=5",
				"tidepool.pool.max-total.connections", "5", "tidepool.pool.max-total"));
		rows.add(row("group with a value", "tidepool.timeout=5s", "tidepool.timeout", "5s",
				"Set properties below it: tidepool.timeout.call, tidepool.timeout.connect, "));
		rows.add(row("proxy as one value", "tidepool.proxy=http://user:" + SECRET + "@proxy:3128", "tidepool.proxy",
				"http://******@proxy:3128", "tidepool.proxy.url"));
		rows.add(row("upstream as one value", "tidepool.upstreams.orders=http://orders:8080",
				"tidepool.upstreams.orders", "http://orders:8080", "tidepool.upstreams.orders.base-url"));
		rows.add(general("pool.reuse-order", "random", "Set one of: lifo, fifo."));
		rows.add(general("pool.max-total", "many", "Set a whole number."));
		rows.add(general("pool.max-total", "1.5", "Set a whole number."));
		rows.add(general("retry.enabled", "maybe", "Set true or false."));
		rows.add(general("enabled", "maybe", "Set true or false."));
		rows.add(general("retry.statuses", "503,many", "separated by commas, each a whole number"));
		rows.add(yaml("status that is no number, in a YAML list", """
				tidepool:
				  retry:
				    statuses:
				    - 503
				    - many
				""", 5, "tidepool.retry.statuses[1]", "many", "Set a whole number."));
		return rows.stream();
	}

	private static void addMinIdleRows(List<Row> rows) {
		rows.add(general("pool.min-idle", "-1", "0 for none"));
		rows.add(general("pool.min-idle", "2", "Set tidepool.upstreams.<name>.base-url"));
		rows.add(row("min-idle above per-upstream", """
				tidepool.pool.max-per-upstream=2
				tidepool.pool.min-idle=3
				""", 2, "tidepool.pool.min-idle", "3", "or raise max-per-upstream."));
		rows.add(row("general min-idle above the limit of an upstream", """
				tidepool.pool.min-idle=3
				tidepool.upstreams.orders.base-url=http://orders
				tidepool.upstreams.orders.pool.max-per-upstream=2
				""", 1, "tidepool.upstreams.orders.pool.min-idle", "3", "or raise max-per-upstream."));
		rows.add(row("min-idle without a base-url", """
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.orders.pool.min-idle=1
				""", 2, "tidepool.upstreams.orders.pool.min-idle", "1", "Set tidepool.upstreams.orders.base-url"));
		rows.add(row("min-idle behind a proxy", """
				tidepool.proxy.url=http://proxy:3128
				tidepool.upstreams.orders.base-url=http://orders
				tidepool.upstreams.orders.pool.min-idle=1
				""", 3, "tidepool.upstreams.orders.pool.min-idle", "1", "Add its host to proxy.no-proxy"));
	}

	private static void addProxyRows(List<Row> rows) {
		rows.add(general("proxy.url", "socks5://proxy:1080", "Set http://host:port."));
		rows.add(general("proxy.url", "https://proxy:443", "Set http://host:port."));
		rows.add(general("proxy.url", "http://", "Set http://host:port."));
		rows.add(general("proxy.url", "http:///path", "Set http://host:port."));
		rows.add(general("proxy.url", "proxy:3128", "Set http://host:port."));
		rows.add(general("proxy.url", "not a url", "Set http://host:port."));
		rows.add(general("proxy.url", "http://proxy:0", "Set http://host:port."));
		rows.add(general("proxy.url", "http://proxy:99999", "Set http://host:port."));
		for (String url : List.of("http://user:%s@proxy:3128", "socks5://user:%s@proxy:1080", "user:%s@proxy:3128",
				"http://user:%s@not a host", "http://us@er:%s@proxy:3128", "http://%s@proxy")) {
			rows.add(row("user-info of " + url, "tidepool.proxy.url=" + url.formatted(SECRET), "tidepool.proxy.url",
					url.replaceFirst("[a-z@]*:?%s@", "******@"), "http://host:port"));
		}
		rows.add(row("proxy of an upstream", """
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.orders.proxy.url=socks5://proxy:1080
				""", 2, "tidepool.upstreams.orders.proxy.url", "socks5://proxy:1080", "Set http://host:port."));
		rows.add(row("proxy that is the system's and another", """
				tidepool.proxy.url=http://proxy:3128
				tidepool.proxy.use-system=true
				""", 2, "tidepool.proxy.use-system", "true", "Keep one of them."));
		rows.add(general("proxy.username", "user", "Set proxy.url"));
		rows.add(row("password without user name", """
				tidepool.proxy.url=http://proxy:3128
				tidepool.proxy.password=%s
				""".formatted(SECRET), 2, "tidepool.proxy.password", "******", "Set proxy.username"));
		rows.add(row("bad host without proxy", """
				tidepool.proxy.url=http://proxy:3128
				tidepool.proxy.no-proxy=localhost,http://orders
				""", 2, "tidepool.proxy.no-proxy", "http://orders", "Set host, host:port or *.domain"));
	}

	private static void addUpstreamRows(List<Row> rows) {
		for (String url : List.of("orders", "ftp://orders", "http://", "http://bad host", "http://orders:0",
				"http://orders:99999", "http:///path")) {
			rows.add(row("base-url " + url, "tidepool.upstreams.orders.base-url=" + url,
					"tidepool.upstreams.orders.base-url", url, "Set http://host:port or https://host."));
		}
		rows.add(row("user-info of a bad base-url", "tidepool.upstreams.orders.base-url=ftp://user:" + SECRET + "@host",
				"tidepool.upstreams.orders.base-url", "ftp://******@host", "Set http://host:port or https://host."));
		for (String host : List.of("http://orders", "orders/path", "orders:0", "orders:99999", "orders:http", "*",
				"or ders", "*orders", "a.*.org")) {
			rows.add(row("host " + host, "tidepool.upstreams.orders.hosts=" + host,
					"tidepool.upstreams.orders.hosts[0]", host, "Set host, host:port or *.domain"));
		}
		rows.add(row("second of two hosts, by index", """
				tidepool.upstreams.orders.hosts[0]=good
				tidepool.upstreams.orders.hosts[1]=b@d
				""", 2, "tidepool.upstreams.orders.hosts[1]", "******@d", "Set host, host:port or *.domain"));
		rows.add(row("host claimed twice", """
				tidepool.upstreams.orders.hosts=orders:80
				tidepool.upstreams.payments.hosts=payments,orders:80
				""", 2, "tidepool.upstreams.payments.hosts[1]", "orders:80",
				"Name each host under one upstream only."));
		rows.add(row("host claimed twice in another case", """
				tidepool.upstreams.orders.hosts=orders
				tidepool.upstreams.payments.hosts=Orders
				""", 2, "tidepool.upstreams.payments.hosts[0]", "Orders", "Name each host under one upstream only."));
		rows.add(row("host claimed by a base-url too", """
				tidepool.upstreams.orders.hosts=orders:443
				tidepool.upstreams.payments.base-url=https://Orders/api
				""", 2, "tidepool.upstreams.payments.base-url", "https://Orders/api",
				"Name each host under one upstream only."));
		rows.add(row("domain claimed twice", """
				tidepool.upstreams.orders.hosts=*.example.org
				tidepool.upstreams.payments.hosts=*.EXAMPLE.org
				""", 2, "tidepool.upstreams.payments.hosts[0]", "*.EXAMPLE.org",
				"Name each host under one upstream only."));
		rows.add(row("upstream without hosts", "tidepool.upstreams.orders.pool.max-per-upstream=5",
				"tidepool.upstreams.orders", null,
				"Set tidepool.upstreams.orders.base-url or tidepool.upstreams.orders.hosts."));
		rows.add(row("upstream whose name has a dot", """
				tidepool.upstreams[orders.eu].hosts=orders
				tidepool.upstreams[orders.eu].retry.max-attempts=0
				""", 2, "tidepool.upstreams[orders.eu].retry.max-attempts", "0", "Set 1 to never repeat"));
		rows.add(row("upstream whose name has capitals", """
				tidepool.upstreams.ordersEu.hosts=orders
				tidepool.upstreams.ordersEu.retry.max-attempts=0
				""", 2, "tidepool.upstreams.ordersEu.retry.max-attempts", "0", "Set 1 to never repeat"));
		rows.add(yaml("upstream in YAML", """
				tidepool:
				  upstreams:
				    orders:
				      hosts:
				      - good
				      - bad/host
				""", 6, "tidepool.upstreams.orders.hosts[1]", "bad/host", "Set host, host:port or *.domain"));
	}

	private static void start(String... arguments) {
		SpringApplication application = new SpringApplication(TestApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		application.run(arguments).close();
	}

	private static String stackTraceOf(Throwable failure) {
		StringWriter trace = new StringWriter();
		failure.printStackTrace(new PrintWriter(trace));
		return trace.toString();
	}

	private static Row general(String key, String value, String fix) {
		String property = "tidepool." + key;
		return row(key + " " + value, property + "=" + value, property, value, fix);
	}

	private static Row row(String name, String line, String property, String value, String fix) {
		return row(name, line, 1, property, value, fix);
	}

	private static Row row(String name, String text, int line, String property, String value, String fix) {
		return new Row(name, "application.properties", text, line, property, value, fix);
	}

	private static Row yaml(String name, String text, int line, String property, String value, String fix) {
		return new Row(name, "application.yaml", text, line, property, value, fix);
	}

	private record Row(String name, String file, String text, int line, String property, String value, String fix) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ TidepoolAutoConfiguration.class, SslAutoConfiguration.class })
	static class TestApplication {

	}

}
