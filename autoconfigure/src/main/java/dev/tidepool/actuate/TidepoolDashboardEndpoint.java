package dev.tidepool.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.util.MimeType;
import org.springframework.util.StringUtils;

/**
 * A page that shows what the endpoint {@code tidepool} says, to people. It only reads,
 * and only through that endpoint, in the browser, with the rights of who looks: being
 * allowed to see the page shows nothing of the pool.
 * <p>
 * Everything comes from this application. Links are relative, so that the page works
 * behind a context path, a proxy's prefix, another base path or port. Responses carry
 * nothing to keep a copy by, so a browser asks again after an update of the application.
 */
@WebEndpoint(id = "tidepooldashboard")
public final class TidepoolDashboardEndpoint {

	private static final EndpointId ID = EndpointId.of("tidepooldashboard");

	private static final EndpointId DATA = EndpointId.of("tidepool");

	private static final String HTML = "text/html;charset=UTF-8";

	private static final String CSS = "text/css;charset=UTF-8";

	private static final String SCRIPT = "text/javascript;charset=UTF-8";

	private static final String CHART = "chart.js";

	// The build for a plain script tag, of whatever version there is
	private static final String CHART_LOCATION = "classpath*:META-INF/resources/webjars/chart.js/*/dist/chart.umd.js";

	private static final Map<String, String> ASSETS = Map.of("style.css", CSS, "app.js", SCRIPT, "charts.js", SCRIPT,
			"dom.js", SCRIPT, "format.js", SCRIPT, "overview.js", SCRIPT, "upstream.js", SCRIPT);

	private final Function<EndpointId, @Nullable String> rootPaths;

	private final @Nullable Resource chart;

	/**
	 * Create a dashboard.
	 * @param rootPaths the path of each exposed endpoint, below the base path of all
	 * @param resources where to look for Chart.js
	 */
	public TidepoolDashboardEndpoint(Function<EndpointId, @Nullable String> rootPaths,
			ResourcePatternResolver resources) {
		this.rootPaths = rootPaths;
		this.chart = findChart(resources);
	}

	private static @Nullable Resource findChart(ResourcePatternResolver resources) {
		try {
			Resource[] found = resources.getResources(CHART_LOCATION);
			return (found.length > 0) ? found[0] : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The page.
	 * @return HTML
	 */
	@ReadOperation(produces = HTML)
	public WebEndpointResponse<Resource> page() {
		return page(rootPath(ID), "");
	}

	/**
	 * What the page consists of, and the page itself at a path that ends with a slash.
	 * @param path the name of a file
	 * @return the file, or 404 if the page has no such
	 */
	@ReadOperation(produces = { HTML, CSS, SCRIPT })
	public WebEndpointResponse<Resource> asset(@Selector(match = Match.ALL_REMAINING) String... path) {
		String name = String.join("/", path);
		if (name.isEmpty()) {
			return page(rootPath(ID), "../");
		}
		if (name.equals(CHART) && this.chart != null) {
			return response(this.chart, SCRIPT);
		}
		String contentType = ASSETS.get(name);
		return (contentType != null) ? response(file(name), contentType)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private WebEndpointResponse<Resource> page(String rootPath, String up) {
		String base = up + "../".repeat(StringUtils.countOccurrencesOf(rootPath, "/"));
		String assets = base + rootPath + "/";
		try {
			String html = file("index.html").getContentAsString(StandardCharsets.UTF_8)
				.replace("{chart}", (this.chart != null) ? "<script src=\"{assets}chart.js\" defer></script>" : "")
				.replace("{assets}", assets)
				.replace("{endpoint}", base + rootPath(DATA));
			return response(new ByteArrayResource(html.getBytes(StandardCharsets.UTF_8)), HTML);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String rootPath(EndpointId id) {
		return Objects.requireNonNullElse(this.rootPaths.apply(id), id.toString());
	}

	private static Resource file(String name) {
		return new ClassPathResource("dashboard/" + name, TidepoolDashboardEndpoint.class);
	}

	private static WebEndpointResponse<Resource> response(Resource body, String contentType) {
		return new WebEndpointResponse<>(body, WebEndpointResponse.STATUS_OK, MimeType.valueOf(contentType));
	}

}
