package dev.tidepool.actuate;

import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.actuate.SettingDescriptor.Source;
import dev.tidepool.actuate.TidepoolEndpoint.EvictionDescriptor;
import dev.tidepool.actuate.TidepoolEndpoint.LimitDescriptor;
import dev.tidepool.actuate.TidepoolEndpoint.TidepoolDescriptor;
import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.ConnectionProbe;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documentation of the endpoint against the endpoint.
 */
class EndpointDocumentationTests {

	private static final Path DOCUMENT = Path.of("../docs/endpoint.md");

	private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

	// As Actuator's, which leaves out what is null
	private static final JsonMapper JSON = JsonMapper.builder()
		.changeDefaultPropertyInclusion((inclusion) -> inclusion.withValueInclusion(Include.NON_NULL))
		.enable(SerializationFeature.INDENT_OUTPUT)
		.build();

	private long now;

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void examplesAreWhatTheEndpointAnswers(int example) throws Exception {
		TidepoolEndpoint endpoint = endpoint();
		Object answer = (example == 0) ? endpoint.tidepool() : endpoint.upstream("payments");
		Matcher examples = EXAMPLE.matcher(Files.readString(DOCUMENT));
		for (int i = 0; i <= example; i++) {
			assertThat(examples.find()).isTrue();
		}
		String answered = JSON.writeValueAsString(answer);
		assertThat(JSON.readTree(examples.group(1))).as(answered).isEqualTo(JSON.readTree(answered));
	}

	@Test
	void everyFieldIsDocumented() throws Exception {
		List<String> lines = Files.readAllLines(DOCUMENT);
		List<Class<?>> records = Stream.concat(
				Stream.of(TidepoolDescriptor.class, PoolDescriptor.class, PoolDescriptor.ClientDescriptor.class,
						PoolDescriptor.SweeperDescriptor.class, UpstreamDescriptor.class, LatencyDescriptor.class,
						SettingDescriptor.class, Finding.class, LimitDescriptor.class, EvictionDescriptor.class,
						TidepoolEndpointWebExtension.ErrorDescriptor.class),
				Stream.of(UpstreamDescriptor.class.getDeclaredClasses()))
			.toList();
		for (Class<?> descriptor : records) {
			for (RecordComponent field : descriptor.getRecordComponents()) {
				assertThat(lines).as("%s.%s", descriptor.getSimpleName(), field.getName())
					.anyMatch((line) -> line.startsWith("| `" + field.getName() + "` |"));
			}
		}
	}

	private TidepoolEndpoint endpoint() {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		UpstreamSettings payments = new UpstreamSettings("payments", defaults.pool(),
				new KeepAliveSettings(Duration.ofSeconds(75), null, true, true, 0), defaults.timeout(),
				defaults.retry(), defaults.drain(), ResponseLimits.DEFAULTS, defaults.maxRedirects(), defaults.proxy(),
				null);
		Upstreams upstreams = new Upstreams(
				new UpstreamCatalog(defaults, Map.of(HostPattern.parse("hosts", "payments:8081"), payments)), 1000,
				() -> this.now);
		happen(upstreams.get(new UpstreamKey("http", "payments", 8081, "proxy:3128")));
		Finding finding = new Finding("callers-wait", "payments",
				"32 callers of payments waited for a connection, p99 120 ms: at 2100 calls/s of 80 ms each, raise tidepool.upstreams.payments.pool.max-per-upstream from 200 to 300",
				"tidepool.upstreams.payments.pool.max-per-upstream", "300");
		return new TidepoolEndpoint(upstreams, unused(PoolControl.class), new SettingsInForce() {

			@Override
			public List<SettingDescriptor> general() {
				return List.of(new SettingDescriptor("tidepool.pool.max-total", "1000", Source.DEFAULT, null));
			}

			@Override
			public List<SettingDescriptor> of(String upstream) {
				return List.of(
						new SettingDescriptor("tidepool.pool.max-per-upstream", "200", Source.PROPERTY,
								"class path resource [application.yml] - 12:9"),
						new SettingDescriptor("tidepool.upstreams.payments.keep-alive.upstream-timeout", "20s",
								Source.HEADER, "class path resource [application.yml] - 31:11"));
			}

		}, () -> List.of(finding));
	}

	private void happen(Upstream upstream) {
		ConnectionProbe probe = probe(ClientKind.BLOCKING);
		ConnectionRecord closed = upstream.connected(probe, null, this.now);
		ConnectionRecord idle = upstream.connected(probe, null, this.now);
		for (int i = 0; i < 6; i++) {
			closed.requestStarts();
			upstream.stats().acquired(40_000);
			upstream.stats().used(12_000_000);
		}
		idle.requestStarts();
		idle.mayGoBack(this.now);
		idle.idle();
		closed.closing(CloseReason.IDLE);
		closed.closed();
		this.now += 4_000_000_000L;
		upstream.connected(probe(ClientKind.REACTIVE), null, this.now).requestStarts();
		upstream.trustedNanos(20_000_000_000L);
		upstream.stats().connected(ConnectPhase.DNS, 900_000);
		upstream.stats().connected(ConnectPhase.TCP, 300_000);
		upstream.stats().retried(FailureCause.CONNECT, RetryOutcome.SUCCESS);
		upstream.stats().refused(Admission.EXPIRED);
		upstream.stats().expired(Phase.RESPONSE);
		upstream.stats().drained(DrainOutcome.DRAINED);
		this.now += 250_000_000L;
	}

	private static ConnectionProbe probe(ClientKind client) {
		return answering(ConnectionProbe.class, client);
	}

	private static <T> T unused(Class<T> type) {
		return answering(type, null);
	}

	/**
	 * Something of which nothing else is asked but what is no.
	 */
	private static <T> T answering(Class<T> type, Object answer) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> (method.getReturnType() == boolean.class) ? false
						: method.getReturnType().isInstance(answer) ? answer : null));
	}

}
