package dev.tidepool.actuate;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the dashboard hands out, and what not.
 */
class TidepoolDashboardEndpointTests {

	private static final String[] FILES = { "app.js", "charts.js", "dom.js", "format.js", "overview.js", "upstream.js",
			"style.css" };

	private final PathMatchingResourcePatternResolver resources = new PathMatchingResourcePatternResolver();

	private final TidepoolDashboardEndpoint dashboard = dashboard("tidepooldashboard", "tidepool");

	@Test
	void everyFileThatThePageAsksForIsThere() throws Exception {
		String page = text(this.dashboard.page());
		assertThat(links(page)).containsExactlyInAnyOrder("tidepooldashboard/style.css", "tidepooldashboard/chart.js",
				"tidepooldashboard/app.js");
		for (String file : FILES) {
			WebEndpointResponse<Resource> response = this.dashboard.asset(file);
			assertThat(response.getStatus()).isEqualTo(200);
			assertThat(response.getContentType())
				.hasToString(file.endsWith(".js") ? "text/javascript;charset=UTF-8" : "text/css;charset=UTF-8");
			String content = text(response);
			assertThat(Pattern.compile("from '\\./([^']+)'").matcher(content).results().map((match) -> match.group(1)))
				.isSubsetOf(FILES);
		}
		assertThat(text(this.dashboard.asset("chart.js"))).contains("Chart.js v4");
	}

	@Test
	void nothingComesFromAnotherHostAndNothingIsInline() throws Exception {
		StringBuilder all = new StringBuilder(text(this.dashboard.page()));
		assertThat(all).contains("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
				+ "img-src data:; base-uri 'none'; form-action 'none'");
		assertThat(all).doesNotContain("<style", " style=", " onclick=").doesNotContain("{");
		for (String file : FILES) {
			all.append(text(this.dashboard.asset(file)));
		}
		assertThat(all)
			.doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "@import")
			.doesNotContainPattern("https?://(?!www\\.w3\\.org/2000/svg)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "index.html", "../TidepoolDashboardEndpoint.class", "../dashboard/app.js", "/app.js",
			"app.js/", "APP.JS", "..", "x", "chart.umd.js", "%2e%2e/app.js" })
	void otherFilesAreNotFound(String path) {
		WebEndpointResponse<Resource> response = this.dashboard.asset(path.split("/", -1));
		assertThat(response.getStatus()).isEqualTo(404);
		assertThat(response.getBody()).isNull();
	}

	@Test
	void pageDoesWithoutChartsWhereTheWebjarIsMissing() throws Exception {
		TidepoolDashboardEndpoint plain = new TidepoolDashboardEndpoint((id) -> null,
				new PathMatchingResourcePatternResolver(new WithoutWebjars()));
		assertThat(links(text(plain.page()))).containsExactlyInAnyOrder("tidepooldashboard/style.css",
				"tidepooldashboard/app.js");
		assertThat(plain.asset("chart.js").getStatus()).isEqualTo(404);
		assertThat(plain.asset("app.js").getStatus()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "tidepooldashboard,tidepool,tidepooldashboard/app.js,tidepool", "pools,tidepool,pools/app.js,tidepool",
			"ops/pools,data/pool,../ops/pools/app.js,../data/pool" })
	void linksFollowThePathsThatAreMapped(String page, String data, String script, String endpoint) throws Exception {
		TidepoolDashboardEndpoint mapped = dashboard(page, data);
		assertThat(text(mapped.page())).contains("src=\"" + script + "\"", "content=\"" + endpoint + "\"");
		assertThat(text(mapped.asset())).contains("src=\"../" + script + "\"", "content=\"../" + endpoint + "\"");
		assertThat(text(mapped.asset(""))).isEqualTo(text(mapped.asset()));
	}

	@Test
	void endpointThatIsNotExposedIsAskedAllTheSame() throws Exception {
		assertThat(text(dashboard("tidepooldashboard", null).page())).contains("content=\"tidepool\"");
	}

	private TidepoolDashboardEndpoint dashboard(String page, String data) {
		return new TidepoolDashboardEndpoint((id) -> id.equals(EndpointId.of("tidepool")) ? data : page,
				this.resources);
	}

	private static Stream<String> links(String page) {
		return Pattern.compile("(?:src|rel=\"stylesheet\" href)=\"([^\"]+)\"")
			.matcher(page)
			.results()
			.map((match) -> match.group(1));
	}

	private static String text(WebEndpointResponse<Resource> response) throws IOException {
		return Objects.requireNonNull(response.getBody()).getContentAsString(StandardCharsets.UTF_8);
	}

	/**
	 * An application that did not add any.
	 */
	static final class WithoutWebjars extends URLClassLoader {

		WithoutWebjars() {
			super(new URL[0], TidepoolDashboardEndpointTests.class.getClassLoader());
		}

		@Override
		public Enumeration<URL> getResources(String name) throws IOException {
			return name.contains("webjars") ? Collections.emptyEnumeration() : super.getResources(name);
		}

	}

}
