package dev.tidepool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pages that name properties without their prefix name those that there are, and no field
 * of Go's clients is left out.
 */
class DocumentedSettingsTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

	private static final Pattern SHORT = Pattern
		.compile("`((?:pool|keep-alive|timeout|retry|response|redirect|proxy|ssl|health)\\.[a-z.-]*[a-z])[`:=]");

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
