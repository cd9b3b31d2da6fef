package dev.tidepool.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.tidepool.TidepoolMeter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is written of the meters is what there is. To write it anew:
 * {@code mvn -pl autoconfigure test -Dtest=MeterDocumentationTests -Dtidepool.docs.write=true}
 */
class MeterDocumentationTests {

	/**
	 * What is worth asking Prometheus, by what it tells.
	 */
	static final Map<String, String> QUERIES = queries();

	private static final Path DOCUMENT = Path.of("..", "docs", "meters.md");

	private static Map<String, String> queries() {
		Map<String, String> queries = new LinkedHashMap<>();
		queries.put("Requests per connection", "rate(tidepool_connections_requests_total[5m])"
				+ " / sum without (reason) (rate(tidepool_connections_closed_total[5m]))");
		queries.put("Reuse of the last minutes, not since the start", "1 - rate(tidepool_connections_opened_total[5m])"
				+ " / rate(tidepool_connections_usage_seconds_count[5m])");
		queries.put("Use of the whole pool of each instance",
				"sum by (instance) (tidepool_connections{state=\"active\"}) / on (instance) tidepool_pool_max");
		return queries;
	}

	@Test
	void documentIsThatOfTheEnum() throws IOException {
		if (Boolean.getBoolean("tidepool.docs.write")) {
			Files.writeString(DOCUMENT, document());
		}
		assertThat(Files.readString(DOCUMENT)).as("stale; write it anew with -Dtidepool.docs.write=true")
			.isEqualTo(document());
	}

	private static String document() {
		String rows = Arrays.stream(TidepoolMeter.values())
			.map(MeterDocumentationTests::row)
			.collect(Collectors.joining("\n"));
		return """
				# Meters

				Registered in each Micrometer registry of the application, with these descriptions, as soon as there is one,
				and removed when the application context closes. Gauges and counters are read when somebody asks; only timers
				are recorded per call. Written by `MeterDocumentationTests` from `dev.tidepool.TidepoolMeter`, where each is
				explained.

				The tag `upstream` is the name under `tidepool.upstreams`, else `host:port`. After 100 names all others share
				the tag `other`, so that there are never more than 101. Addresses of one name are added up; of their keep-alive
				times the smallest is told. What is not known is NaN.

				| Meter | In Prometheus | Type | Unit | Tags | Meaning | In OpenTelemetry |
				|---|---|---|---|---|---|---|
				%s

				A timer also has a maximum, in Prometheus with the ending `_max`, and buckets where
				`management.metrics.distribution.percentiles-histogram.<meter>=true` is set.

				## Ratios

				%s

				## OpenTelemetry

				Its semantic conventions for HTTP clients name what the last column has; `time_in_queue` is of those for .NET.
				`http.client.request.duration` is Spring's `http.client.requests`, which covers a call with all its attempts.
				`http.client.active_requests` is `tidepool.connections` with the state `active`, since HTTP/1.1 has one request on a
				connection at a time. `http.client.connection.duration` has no counterpart: `tidepool.connections.oldest` tells
				the age of open connections, not of closed ones.
				"""
			.formatted(rows,
					QUERIES.entrySet()
						.stream()
						.map((query) -> "- %s: `%s`".formatted(query.getKey(), query.getValue()))
						.collect(Collectors.joining("\n")));
	}

	private static String row(TidepoolMeter meter) {
		String tags = Stream
			.concat(Stream.of("`upstream`").filter((upstream) -> meter.isPerUpstream()),
					meter.tags()
						.stream()
						.map((tag) -> "`%s`: %s".formatted(tag, String.join(", ", MeterTags.of(meter).get(tag)))))
			.collect(Collectors.joining("; "));
		List<String> cells = List.of(code(meter.meterName()), code(PrometheusNames.of(meter)),
				meter.type().name().toLowerCase(Locale.ROOT), meter.unit(), tags, meter.description(),
				Objects.requireNonNullElse(code(meter.openTelemetryName()), ""));
		return "| " + String.join(" | ", cells) + " |";
	}

	private static String code(String name) {
		return (name != null) ? "`" + name + "`" : null;
	}

}
