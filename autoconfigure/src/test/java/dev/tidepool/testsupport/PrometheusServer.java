package dev.tidepool.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real Prometheus with a configuration of its own in a temporary folder, that scrapes
 * one target each second. Skips a test as {@link NginxServer} does where it is not
 * installed.
 */
public final class PrometheusServer implements AutoCloseable {

	private static final String DEBIAN_PACKAGE = "prometheus";

	private static final int MAX_STARTS = 3;

	private static final Duration DEADLINE = Duration.ofSeconds(20);

	private final HttpClient client = HttpClient.newHttpClient();

	private final JsonMapper json = new JsonMapper();

	private final Path folder;

	private final int port;

	private final Process process;

	private PrometheusServer(Path binary, Path folder, int port) throws IOException {
		this.folder = folder;
		this.port = port;
		this.process = new ProcessBuilder(binary.toString(), "--config.file=" + folder.resolve("prometheus.yml"),
				"--storage.tsdb.path=" + folder.resolve("data"), "--storage.tsdb.retention.time=1h",
				"--web.listen-address=127.0.0.1:" + port)
			.redirectErrorStream(true)
			.redirectOutput(folder.resolve("output.log").toFile())
			.start();
	}

	/**
	 * Start Prometheus, and wait until it has scraped the target.
	 * @param target what it scrapes
	 * @param rules files of rules that it evaluates
	 * @return the server
	 */
	public static PrometheusServer scraping(URI target, Path... rules) throws IOException {
		Path binary = RequiredBinary.find("prometheus", DEBIAN_PACKAGE);
		for (int attempt = 1;; attempt++) {
			Path folder = Files.createTempDirectory("tidepool-prometheus");
			Files.writeString(folder.resolve("prometheus.yml"), """
					global:
					  scrape_interval: 1s
					  scrape_timeout: 1s
					  evaluation_interval: 1s
					rule_files: [%s]
					scrape_configs:
					  - job_name: application
					    metrics_path: %s
					    static_configs:
					      - targets: ['%s']
					""".formatted(quoted(rules), target.getPath(), target.getAuthority()));
			PrometheusServer server = new PrometheusServer(binary, folder, freePort());
			if (server.isUp()) {
				return server;
			}
			// Another process may have taken the port meanwhile
			String log = Files.readString(folder.resolve("output.log"));
			server.close();
			if (attempt == MAX_STARTS) {
				throw new IOException("Prometheus did not start, or not scrape " + target + ": " + log);
			}
		}
	}

	private static String quoted(Path... rules) {
		return Arrays.stream(rules).map((file) -> "'" + file.toAbsolutePath() + "'").collect(Collectors.joining(", "));
	}

	/**
	 * What promtool has to say of a scrape.
	 * @param scrape the text
	 * @return its exit code and its output
	 */
	public static Verdict check(String scrape) throws IOException, InterruptedException {
		return promtool(scrape, "check", "metrics");
	}

	/**
	 * Run promtool.
	 * @param input what it reads
	 * @param arguments what to do
	 * @return its exit code and its output
	 */
	public static Verdict promtool(String input, String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(arguments));
		command.add(0, RequiredBinary.find("promtool", DEBIAN_PACKAGE).toString());
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (var stdin = process.getOutputStream()) {
			stdin.write(input.getBytes(StandardCharsets.UTF_8));
		}
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return new Verdict(process.waitFor(), output);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private boolean isUp() {
		try {
			Awaitility.await().atMost(DEADLINE).until(() -> !this.process.isAlive() || targetIsUp());
			return this.process.isAlive();
		}
		catch (ConditionTimeoutException ex) {
			return false;
		}
	}

	private boolean targetIsUp() {
		try {
			JsonNode target = get("/api/v1/targets").path("activeTargets").path(0);
			return target.path("health").asString("").equals("up");
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * The latest value of each series that a query finds.
	 * @param query in PromQL
	 * @return the values by the labels of their series
	 */
	public Map<Map<String, String>, Double> query(String query) throws IOException {
		Map<Map<String, String>, Double> values = new LinkedHashMap<>();
		for (JsonNode series : get("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
			.path("result")) {
			Map<String, String> labels = new TreeMap<>();
			series.path("metric")
				.properties()
				.forEach((label) -> labels.put(label.getKey(), label.getValue().asString()));
			values.put(labels, Double.valueOf(series.path("value").path(1).asString().replace("Inf", "Infinity")));
		}
		return values;
	}

	/**
	 * What Prometheus knows of each metric.
	 * @return type and help text by name
	 */
	public Map<String, Metadata> metadata() throws IOException {
		Map<String, Metadata> metadata = new TreeMap<>();
		get("/api/v1/metadata").properties()
			.forEach((metric) -> metadata.put(metric.getKey(),
					new Metadata(metric.getValue().path(0).path("type").asString(),
							metric.getValue().path(0).path("help").asString())));
		return metadata;
	}

	/**
	 * The rules, recording and alerting ones, with what Prometheus says of them.
	 * @return each rule
	 */
	public List<Rule> rules() throws IOException {
		List<Rule> rules = new ArrayList<>();
		for (JsonNode group : get("/api/v1/rules").path("groups")) {
			for (JsonNode rule : group.path("rules")) {
				rules.add(new Rule(rule.path("name").asString(), rule.path("query").asString(),
						rule.path("health").asString(), rule.path("state").asString("")));
			}
		}
		return rules;
	}

	private JsonNode get(String path) throws IOException {
		try {
			HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
				.timeout(DEADLINE)
				.build();
			HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
			if (response.statusCode() != 200) {
				throw new IOException(path + " was answered with " + response.statusCode() + ": " + response.body());
			}
			return this.json.readTree(response.body()).path("data");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.process.destroy();
		try {
			if (!this.process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
		FileSystemUtils.deleteRecursively(this.folder);
	}

	/**
	 * What is known of a metric.
	 *
	 * @param type such as gauge
	 * @param help what it tells
	 */
	public record Metadata(String type, String help) {
	}

	/**
	 * A rule of this server.
	 *
	 * @param name what it records, or the alert
	 * @param query in PromQL
	 * @param health {@code ok} once it was evaluated without an error
	 * @param state of an alert: {@code inactive}, {@code pending} or {@code firing}; else
	 * empty
	 */
	public record Rule(String name, String query, String health, String state) {
	}

	/**
	 * What promtool said.
	 *
	 * @param exitCode 0 if nothing is wrong
	 * @param output what it printed
	 */
	public record Verdict(int exitCode, String output) {
	}

}
