package dev.tidepool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pages that name properties without their prefix name those that there are, defaults
 * beside names are those that hold, and no field of Go's clients is left out.
 */
class DocumentedSettingsTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

	private static final Pattern SHORT = Pattern
		.compile("`((?:pool|keep-alive|timeout|retry|response|redirect|proxy|ssl|health)\\.[a-z.-]*[a-z])[`:=]");

	private static final Pattern DEFAULT = Pattern
		.compile("`(?:tidepool\\.(?:upstreams\\.<name>\\.)?)?([a-z-]+(?:\\.[a-z-]+)+)`"
				+ "\\s\\(((?:\\d|true|false|lifo|unset)[^)]*)\\)");

	@ParameterizedTest
	@ValueSource(strings = { "from-go.md", "limits.md", "testing.md", "troubleshooting.md", "upstreams.md" })
	void everyPropertyThatIsNamedInShortIsThere(String page) throws IOException {
		List<String> known = JsonMapper.shared()
			.readTree(METADATA.toFile())
			.path("properties")
			.findValuesAsString("name");
		assertThat(SHORT.matcher(Files.readString(DOCS.resolve(page))).results())
			.map((named) -> "tidepool." + named.group(1))
			.allSatisfy((name) -> assertThat(known).as(name)
				.anyMatch((each) -> each.equals(name) || each.startsWith(name + ".")));
	}

	@Test
	void everyDefaultBesideTheNameOfAPropertyIsItsOwn() throws IOException {
		Map<String, String> defaults = new HashMap<>();
		for (JsonNode property : JsonMapper.shared().readTree(METADATA.toFile()).path("properties")) {
			defaults.put(property.path("name").asString(), defaultOf(property));
		}
		assertThat(DocumentationTests.pages()
			.flatMap((page) -> DEFAULT.matcher(page.text()).results())
			.filter((named) -> defaults.containsKey("tidepool." + named.group(1)))).hasSizeGreaterThan(100)
			.allSatisfy((named) -> assertThat(withoutSpaces(named.group(2))).as(named.group())
				.matches("(?s)" + Pattern.quote(defaults.get("tidepool." + named.group(1))) + "([,:]\\s.*)?"));
	}

	private static String defaultOf(JsonNode property) {
		JsonNode value = property.path("defaultValue");
		return value.isArray() ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
				: value.asString("unset");
	}

	// As 10 min and 256 KB would be written in a configuration
	private static String withoutSpaces(String value) {
		return value.replaceFirst("^(\\d+) (ms|s|m|KB|MB)(in)?\\b", "$1$2");
	}

	@Test
	void everyFieldOfGosClientsHasARow() throws IOException {
		assertThat(Files.readAllLines(DOCS.resolve("from-go.md"))
			.stream()
			.takeWhile((line) -> !line.equals("## Failures"))
			.filter((line) -> line.startsWith("| `"))
			.map((line) -> line.split("`")[1]))
			// http.Transport and http.Client of Go 1.24
			.containsExactly("Proxy", "OnProxyConnectResponse", "DialContext", "Dial", "DialTLSContext", "DialTLS",
					"TLSClientConfig", "TLSHandshakeTimeout", "DisableKeepAlives", "DisableCompression", "MaxIdleConns",
					"MaxIdleConnsPerHost", "MaxConnsPerHost", "IdleConnTimeout", "ResponseHeaderTimeout",
					"ExpectContinueTimeout", "TLSNextProto", "ProxyConnectHeader", "GetProxyConnectHeader",
					"MaxResponseHeaderBytes", "WriteBufferSize", "ReadBufferSize", "ForceAttemptHTTP2", "HTTP2",
					"Protocols", "Transport", "CheckRedirect", "Jar", "Timeout");
	}

}
