package dev.tidepool.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import dev.tidepool.policy.ProxySettings;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How an upstream's settings come about, and the one limit that depends on the process.
 */
class TidepoolPropertiesMapperTests {

	@Test
	void nothingSetGivesTheDefaults() {
		assertThat(mapper(Integer.MAX_VALUE).catalog().defaults()).isEqualTo(UpstreamSettings.DEFAULTS);
	}

	@Test
	void upstreamTakesWhatItLeavesUnsetFromTheGeneralGroupAndThenFromTheDefaults() {
		UpstreamSettings orders = mapper(Integer.MAX_VALUE, "tidepool.timeout.response", "7s", "tidepool.timeout.read",
				"8s", "tidepool.retry.max-attempts", "5", "tidepool.upstreams.orders.hosts", "orders",
				"tidepool.upstreams.orders.timeout.response", "1s", "tidepool.upstreams.orders.retry.backoff.initial",
				"10ms")
			.catalog()
			.find("orders", 80);
		assertThat(orders.name()).isEqualTo("orders");
		assertThat(orders.timeout().response()).isEqualTo(Duration.ofSeconds(1));
		assertThat(orders.timeout().read()).isEqualTo(Duration.ofSeconds(8));
		assertThat(orders.timeout().connect()).isEqualTo(UpstreamSettings.DEFAULTS.timeout().connect());
		assertThat(orders.retry().maxAttempts()).isEqualTo(5);
		assertThat(orders.retry().backoff().initial()).isEqualTo(Duration.ofMillis(10));
	}

	@Test
	void proxyOfAnUpstreamDoesNotInheritTheCredentialsOfTheGeneralOne() {
		ProxySettings proxy = mapper(Integer.MAX_VALUE, "tidepool.proxy.url", "http://general:3128",
				"tidepool.proxy.username", "user", "tidepool.proxy.password", "s3cret",
				"tidepool.upstreams.orders.hosts", "orders", "tidepool.upstreams.orders.proxy.url", "http://own:3128")
			.catalog()
			.find("orders", 80)
			.proxy();
		assertThat(proxy.url()).hasToString("http://own:3128");
		assertThat(proxy.username()).isNull();
		assertThat(proxy.password()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "2147483647, 1000", "2000, 1000", "1998, 999", "100, 50", "1, 1", "0, 1" })
	void totalThatIsNotSetShrinksToHalfOfTheFreeDescriptors(int freeDescriptors, int maxTotal) {
		assertThat(mapper(freeDescriptors).poolLimits().maxTotal()).isEqualTo(maxTotal);
	}

	@Test
	void totalThatIsSetIsNeverChanged() {
		assertThat(mapper(100, "tidepool.pool.max-total", "5000").poolLimits().maxTotal()).isEqualTo(5000);
	}

	@Test
	void totalThatIsNotSetLeavesRoomForTheLimitThatTheUserSetForAnUpstream() {
		assertThat(mapper(100_000, "tidepool.pool.max-per-upstream", "3000").poolLimits().maxTotal()).isEqualTo(3000);
		assertThat(mapper(100_000, "tidepool.upstreams.orders.hosts", "orders",
				"tidepool.upstreams.orders.pool.max-per-upstream", "3000")
			.poolLimits()
			.maxTotal()).isEqualTo(3000);
	}

	@Test
	void connectionsAreKeptReadyToUpstreamsWithABaseUrlThatAreCalledDirectly() {
		assertThat(keptReady("tidepool.pool.min-idle", "2", "tidepool.proxy.url", "http://proxy:3128",
				"tidepool.proxy.no-proxy", "orders,[::1]", "tidepool.upstreams.orders.base-url", "https://orders/api",
				"tidepool.upstreams.six.base-url", "http://[::1]:8080", "tidepool.upstreams.proxied.base-url",
				"http://elsewhere", "tidepool.upstreams.many.hosts", "*.internal"))
			.containsExactlyInAnyOrder(URI.create("https://orders/api"), URI.create("http://[::1]:8080"));
	}

	@Test
	void noConnectionsAreKeptReadyWhereNoneAreAskedFor() {
		assertThat(keptReady("tidepool.upstreams.orders.base-url", "http://orders")).isEmpty();
		assertThat(keptReady("tidepool.pool.min-idle", "2", "tidepool.upstreams.orders.base-url", "http://orders",
				"tidepool.upstreams.orders.pool.min-idle", "0"))
			.isEmpty();
	}

	private static List<URI> keptReady(String... properties) {
		TidepoolPropertiesMapper mapper = mapper(Integer.MAX_VALUE, properties);
		return mapper.keptReady(mapper.catalog());
	}

	private static TidepoolPropertiesMapper mapper(int freeDescriptors, String... properties) {
		Map<String, String> source = new LinkedHashMap<>();
		for (int i = 0; i < properties.length; i += 2) {
			source.put(properties[i], properties[i + 1]);
		}
		TidepoolProperties bound = new Binder(new MapConfigurationPropertySource(source))
			.bindOrCreate(TidepoolProperties.PREFIX, Bindable.of(TidepoolProperties.class));
		return new TidepoolPropertiesMapper(bound, () -> freeDescriptors);
	}

}
