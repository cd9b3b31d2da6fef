package dev.tidepool.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard over HTTP, on both web stacks.
 */
class TidepoolDashboardEndpointIT {

	private final HttpClient client = HttpClient.newHttpClient();

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void pageAndItsFilesAreServedAndNothingElse(WebApplicationType type) throws Exception {
		try (DashboardApplication application = DashboardApplication.start(type)) {
			String page = application.page();
			assertThat(get(page, "text/html").body()).contains("src=\"tidepooldashboard/app.js\"");
			assertThat(get(page + "/", "text/html").body()).contains("src=\"../tidepooldashboard/app.js\"");
			assertThat(contentType(page, "text/html")).isEqualTo("text/html;charset=UTF-8");
			assertThat(contentType(page + "/style.css", "text/css,*/*;q=0.1")).isEqualTo("text/css;charset=UTF-8");
			assertThat(contentType(page + "/app.js", "*/*")).isEqualTo("text/javascript;charset=UTF-8");
			assertThat(get(page + "/chart.js", "*/*").body()).hasSizeGreaterThan(100_000);
			assertThat(get(page + "/app.js", "*/*").headers().map()).doesNotContainKeys("Cache-Control", "Expires",
					"Last-Modified", "ETag");
			for (String other : new String[] { "/index.html", "/x", "/app.js/x", "/..%2Fdashboard%2Fapp.js",
					"/%2e%2e/%2e%2e/TidepoolDashboardEndpoint.class", "/../../application.yml" }) {
				assertThat(get(page + other, "*/*").statusCode()).as(other).isIn(400, 404);
			}
			HttpRequest post = HttpRequest.newBuilder(URI.create(page))
				.POST(HttpRequest.BodyPublishers.noBody())
				.build();
			assertThat(this.client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
		}
	}

	private String contentType(String url, String accept) throws Exception {
		HttpResponse<String> response = get(url, accept);
		assertThat(response.statusCode()).as(url).isEqualTo(200);
		return response.headers().firstValue("Content-Type").orElseThrow();
	}

	private HttpResponse<String> get(String url, String accept) throws Exception {
		return this.client.send(HttpRequest.newBuilder(URI.create(url)).header("Accept", accept).build(),
				BodyHandlers.ofString());
	}

}
