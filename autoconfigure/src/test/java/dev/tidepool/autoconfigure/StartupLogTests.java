package dev.tidepool.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said once at start.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupLogTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TidepoolAutoConfiguration.class, HttpClientAutoConfiguration.class,
				RestClientAutoConfiguration.class));

	private static final String DEFAULTS = ", waited for 1s; idle ones kept as long as upstreams are learned to keep them;"
			+ " time-outs: connect 2s, response 30s, read 30s, call none; attempts: 3";

	@Test
	void limitsAreSaidInOneLine(CapturedOutput output) {
		this.contextRunner.withPropertyValues("tidepool.pool.max-total=70", "tidepool.pool.max-per-upstream=30")
			.run((context) -> {
				context.getBean(RestClient.Builder.class);
				context.getBean(RestClient.Builder.class);
			});
		assertThat(lines(output)).singleElement()
			.asString()
			.endsWith("Pooling HTTP connections: at most 70, 30 per upstream" + DEFAULTS);
	}

	@Test
	void settingsThatMatterAreSaidAsTheyWereSet(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("tidepool.pool.acquire-timeout=250ms", "tidepool.keep-alive.upstream-timeout=75s",
					"tidepool.timeout.call=1m", "tidepool.retry.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("waited for 250ms", "idle ones closed by upstreams after 75s", "call 60s", "no repeats");
	}

	@Test
	void limitThatTheUserSetIsNotBlamedOnFileDescriptors(CapturedOutput output) {
		this.contextRunner.withPropertyValues("tidepool.pool.max-total=70")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(lines(output)).singleElement()
			.asString()
			.endsWith("Pooling HTTP connections: at most 70, 200 per upstream" + DEFAULTS);
	}

	@Test
	void limitThatShrankToTheFileDescriptorsSaysSo(CapturedOutput output) {
		log(Map.of(), 1000);
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("INFO")
			.endsWith("Pooling HTTP connections: at most 500 (half of the free file descriptors), 200 per upstream"
					+ DEFAULTS);
	}

	@Test
	void limitThatShrankBelowWhatOneUpstreamMayHaveIsWarnedOf(CapturedOutput output) {
		log(Map.of("tidepool.upstreams.orders.hosts", "orders", "tidepool.upstreams.orders.pool.max-per-upstream",
				"600"), 1000);
		assertThat(lines(output)).hasSize(2)
			.last()
			.asString()
			.contains("WARN", "tidepool.pool.max-total", "500", "600", "open files");
	}

	@Test
	void proxyIsSaidOnceForAllUpstreamsWithoutItsCredentials(CapturedOutput output) throws Exception {
		String credentials = "Basic "
				+ Base64.getEncoder().encodeToString("tide:s3cret".getBytes(StandardCharsets.ISO_8859_1));
		try (ScriptedServer proxy = ScriptedServer.start((exchange) -> {
			if (credentials.equals(exchange.request().header("Proxy-Authorization"))) {
				exchange.respond(200, "fine");
			}
			else {
				exchange.respond(407, "", "Proxy-Authenticate: Basic realm=\"proxy\"");
			}
		})) {
			this.contextRunner
				.withPropertyValues("tidepool.proxy.url=" + proxy.url(), "tidepool.proxy.username=tide",
						"tidepool.proxy.password=s3cret", "tidepool.upstreams.orders.hosts=orders.test",
						"tidepool.upstreams.payments.hosts=payments.test")
				.run((context) -> {
					RestClient client = context.getBean(RestClient.Builder.class).build();
					for (String host : List.of("orders", "payments", "others")) {
						assertThat(client.get().uri("http://" + host + ".test/path").retrieve().body(String.class))
							.isEqualTo("fine");
					}
				});
			assertThat(proxy.log()).extracting(ScriptedServer.Request::path)
				.contains("http://orders.test/path", "http://payments.test/path", "http://others.test/path");
			assertThat(lines(output)).hasSize(2)
				.last()
				.asString()
				.endsWith("Calls to upstreams go through " + proxy.url());
			assertThat(output.getAll()).doesNotContain("s3cret", credentials);
		}
	}

	@Test
	void proxyOfAnUpstreamIsSaidBesideTheGeneralOne(CapturedOutput output) {
		this.contextRunner.withPropertyValues("tidepool.proxy.url=http://general:3128",
				"tidepool.proxy.no-proxy=localhost,*.internal.test", "tidepool.upstreams.orders.hosts=orders.test",
				"tidepool.upstreams.orders.proxy.url=http://own:3128",
				"tidepool.upstreams.payments.hosts=payments.test", "tidepool.upstreams.payments.proxy.use-system=true")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(lines(output)).hasSize(4)
			.anySatisfy((line) -> assertThat(line)
				.endsWith("Calls to upstreams go through http://general:3128, except to localhost, *.internal.test"))
			.anySatisfy((line) -> assertThat(line).endsWith("Calls to upstream 'orders' go through http://own:3128"))
			.anySatisfy((line) -> assertThat(line)
				.endsWith("Calls to upstream 'payments' go through the JVM's proxy system properties"));
	}

	private static void log(Map<String, String> source, int freeDescriptors) {
		TidepoolProperties properties = new Binder(new MapConfigurationPropertySource(source))
			.bindOrCreate(TidepoolProperties.PREFIX, Bindable.of(TidepoolProperties.class));
		TidepoolPropertiesMapper mapper = new TidepoolPropertiesMapper(properties, () -> freeDescriptors);
		StartupLog.log(mapper.poolLimits(), mapper.catalog(), properties.getPool().getMaxTotal() == null);
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains("dev.tidepool")).toList();
	}

}
