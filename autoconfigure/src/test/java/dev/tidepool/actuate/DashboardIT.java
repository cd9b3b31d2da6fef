package dev.tidepool.actuate;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.testsupport.Chromium;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard as people see it, in a real browser.
 */
@Tag("operator")
class DashboardIT {

	private static final int WIDE = 1280;

	private static final int NARROW = 320;

	// For as long as any browser takes
	private static final String KEPT = "tidepool.keep-alive.upstream-timeout=10m";

	private static Chromium browser;

	@BeforeAll
	static void startBrowser() throws IOException {
		browser = Chromium.start();
	}

	@AfterAll
	static void stopBrowser() {
		if (browser != null) {
			browser.close();
		}
	}

	@Test
	void numbersAreThoseOfTheEndpoint() throws Exception {
		try (ScriptedServer orders = server();
				ScriptedServer stock = server();
				DashboardApplication application = start("tidepool.upstreams.orders.base-url=" + orders.url(),
						"tidepool.upstreams.orders.pool.max-per-upstream=20",
						"tidepool.upstreams.orders.keep-alive.upstream-timeout=10m",
						"tidepool.upstreams.stock.base-url=" + stock.url())) {
			application.call(orders.url(), 5);
			application.call(stock.url() + "/closing", 3);
			open(application.page());
			await().untilAsserted(() -> assertThat(texts("#cards h3")).containsExactly("orders", "stock"));
			JsonNode all = json(application.data(""));
			assertThat(orders.requests()).isEqualTo(5);
			assertThat(text("#pools dl")).contains("1 of 1,000", "1 blocking, 0 reactive", "0 callers");
			assertThat(text("#pools .keys")).isEqualTo("0 active 1 idle 0 canaries");
			JsonNode first = all.at("/upstreams/0");
			assertThat(card("orders")).contains("0 of 20 connections active", "0 active 1 idle 0 canaries",
					"Acquire p50 since start " + millis(first.at("/callers/acquire/p50Millis")),
					"Acquire p99 since start " + millis(first.at("/callers/acquire/p99Millis")), "Waiting 0",
					"Turned away none", "Reuse 80 %", "Keep-alive trusted 9 min 59 s (configured 10 min)",
					"Closed none", "Retries none");
			assertThat(first.at("/reuseRatio").asDouble()).isEqualTo(0.8);
			assertThat(card("stock")).contains("0 active 0 idle 0 canaries", "Reuse 0 %",
					"Closed 3, mostly connection close", "Keep-alive trusted 4 s (default 5 s)");
			assertThat(all.at("/upstreams/1/connections/closed/connection-close").asInt()).isEqualTo(stock.accepted());
			click("#cards a");
			await().untilAsserted(() -> assertThat(text("#upstream h1")).isEqualTo("orders"));
			await().untilAsserted(() -> assertThat(rows("Settings in force"))
				.containsExactlyElementsOf(settings(json(application.data("/orders")))));
			assertThat(rows("Open connections, oldest first")).singleElement()
				.asString()
				.startsWith(orders.url() + " idle ")
				.endsWith(" 5");
			assertThat(rows("Keep-alive")).containsExactly(orders.url() + " 9 min 59 s 10 min configured 10 min – – –");
			assertThat(browser.console()).isEmpty();
		}
	}

	@Test
	void saturatedUpstreamShowsItsFinding() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		int callers = 30;
		ExecutorService executor = Executors.newFixedThreadPool(callers);
		try (ScriptedServer orders = ScriptedServer.start((exchange) -> {
			answer.await(60, TimeUnit.SECONDS);
			exchange.respond(200, "fine");
		});
				DashboardApplication application = start("tidepool.upstreams.orders.base-url=" + orders.url(),
						"tidepool.upstreams.orders.pool.max-per-upstream=2", "tidepool.timeout.response=1m",
						"tidepool.upstreams.orders.pool.acquire-timeout=15s")) {
			open(application.page());
			await().untilAsserted(() -> assertThat(card("orders")).contains("0 of 2 connections active",
					"Not called yet", "Acquire p99 since start –"));
			IntStream.range(0, callers).forEach((i) -> executor.submit(() -> application.call(orders.url(), 1)));
			await().untilAsserted(() -> assertThat(card("orders")).contains("2 of 2 connections active", "Waiting 28",
					"Callers wait"));
			await().atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(text("#findings")).contains("callers wait"));
			JsonNode finding = json(application.data("")).at("/findings/0");
			assertThat(finding.at("/upstream").asString()).isEqualTo("orders");
			await().untilAsserted(() -> assertThat(text("#findings .message"))
				.isEqualTo(json(application.data("")).at("/findings/0/message").asString()));
			assertThat(text("#findings code")).isEqualTo(
					"tidepool.upstreams.orders.pool.max-per-upstream=" + finding.at("/suggestedValue").asString());
			await().untilAsserted(() -> assertThat(card("orders")).contains("1 finding").contains("28 timed out"));
			assertThat(browser.run("return document.getElementById('findings-live').textContent").toString())
				.contains("callers of orders");
			assertThat(browser.driver().getTitle()).isEqualTo("(1) Tidepool");
			browser
				.run("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }");
			click("#findings button");
			await().untilAsserted(() -> assertThat(text("#findings button")).isEqualTo("Copied"));
			assertThat(browser.run("return window.copied")).isEqualTo(text("#findings code"));
			click("#findings a");
			await().untilAsserted(() -> assertThat(text("#upstream .findings")).contains("callers of orders"));
			assertThat(browser.console()).isEmpty();
		}
		finally {
			answer.countDown();
			executor.shutdownNow();
		}
	}

	@Test
	void emptyApplicationSaysWhatWillAppear() throws Exception {
		try (ScriptedServer server = server(); DashboardApplication application = start(KEPT)) {
			open(application.page());
			await().untilAsserted(() -> assertThat(text("#empty")).contains("No upstream called yet"));
			assertThat(text("#no-findings")).contains("Nothing needs your attention");
			assertThat(browser.console()).isEmpty();
			application.call(server.url(), 1);
			await().untilAsserted(() -> assertThat(card(name(server))).contains("1 idle"));
			assertThat(visible("#empty")).isFalse();
		}
	}

	@Test
	void lastNumbersStayWhileTheApplicationCannotBeReached() throws Exception {
		try (ScriptedServer server = server(); DashboardApplication application = start(KEPT)) {
			String name = name(server);
			application.call(server.url(), 2);
			open(application.page());
			await().untilAsserted(() -> assertThat(card(name)).contains("Reuse 50 %"));
			application.answers().status(503);
			await().untilAsserted(() -> assertThat(text("#trouble")).matches(
					"The application cannot be reached since \\d\\d:\\d\\d:\\d\\d\\. What is shown is of \\d\\d:\\d\\d:\\d\\d\\. Trying again\\."));
			assertThat(text("#live")).isEqualTo("No data");
			assertThat(card(name)).contains("Reuse 50 %");
			application.call(server.url(), 2);
			application.answers().status(200);
			await().untilAsserted(() -> assertThat(card(name)).contains("Reuse 75 %"));
			assertThat(visible("#trouble")).isFalse();
			assertThat(text("#live")).isEqualTo("Live");
			application.context().close();
			await().untilAsserted(() -> assertThat(text("#trouble")).contains("cannot be reached since"));
			assertThat(card(name)).contains("Reuse 75 %");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 403, 302 })
	void whoMayNotLookIsToldWhatToDo(int status) {
		try (DashboardApplication application = start()) {
			application.answers().status(status);
			open(application.page());
			await().untilAsserted(() -> assertThat(text("#trouble")).contains("You are not allowed", "Sign in"));
			assertThat(visible("#overview")).isFalse();
			assertThat(visible("#loading")).isFalse();
		}
	}

	@Test
	void missingEndpointIsNamedWithItsProperty() {
		try (DashboardApplication application = start("management.endpoints.web.exposure.exclude=tidepool")) {
			open(application.page());
			await().untilAsserted(() -> assertThat(text("#trouble")).contains("“tidepool” is not exposed",
					"management.endpoints.web.exposure.include"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "/shop/actuator/tidepooldashboard,", "/shop/actuator/tidepooldashboard/,",
			"/internal/ops/tidepooldashboard,/ops", "/internal/ops/look/pools,/ops look/pools",
			"/internal/ops/look/pools/,/ops look/pools", "/internal/tidepooldashboard,/" })
	void pageWorksBehindContextPathManagementPortAndOtherPaths(String path, String management) throws Exception {
		List<String> properties = new ArrayList<>(List.of("server.servlet.context-path=/shop", KEPT));
		if (management != null) {
			String[] paths = management.split(" ");
			properties.addAll(List.of("management.server.port=0", "management.server.address=127.0.0.1",
					"management.server.base-path=/internal", "management.endpoints.web.base-path=" + paths[0]));
			if (paths.length > 1) {
				properties.add("management.endpoints.web.path-mapping.tidepooldashboard=" + paths[1]);
				properties.add("management.endpoints.web.path-mapping.tidepool=data");
			}
		}
		try (ScriptedServer server = server();
				DashboardApplication application = start(properties.toArray(String[]::new))) {
			application.call(server.url(), 2);
			open(application.url(path));
			String name = name(server);
			await().untilAsserted(() -> assertThat(card(name)).contains("Reuse 50 %"));
			click("#cards a");
			await().untilAsserted(() -> assertThat(text("#upstream h1")).isEqualTo(name));
			await().untilAsserted(() -> assertThat(rows("Open connections, oldest first")).hasSize(1));
			assertThat(visible("#upstream canvas")).isTrue();
			assertThat(browser.console()).isEmpty();
		}
	}

	@Test
	void colorsFollowTheUserAndAreToBeRead() throws Exception {
		try (DashboardApplication application = start()) {
			application.answers().body(manyUpstreams(8));
			Set<Object> pages = new LinkedHashSet<>();
			for (boolean dark : new boolean[] { false, true }) {
				browser.open(application.page(), WIDE, dark);
				await().untilAsserted(() -> assertThat(texts("#cards h3")).hasSize(8));
				pages.add(browser.run("return getComputedStyle(document.body).backgroundColor"));
				for (String element : List.of("#cards h3 a", ".muted", ".chip.level-0", ".chip.level-3", "dt",
						".message", ".about a", ".mark", "button", ".keys")) {
					assertThat((Double) browser.run(CONTRAST, element)).as(element + " in " + (dark ? "dark" : "light"))
						.isGreaterThanOrEqualTo(4.5);
				}
			}
			assertThat(pages).hasSize(2);
		}
	}

	@Test
	void narrowScreenIsNeverScrolledSideways() throws Exception {
		try (ScriptedServer server = server(); DashboardApplication application = start(KEPT)) {
			application.call(server.url(), 2);
			browser.open(application.page() + "#upstream=localhost%3A" + server.port(), NARROW, false);
			await().untilAsserted(() -> assertThat(rows("Open connections, oldest first")).hasSize(1));
			assertThat(overflow()).isZero();
			application.answers().body(manyUpstreams(30));
			browser.open(application.page(), NARROW, true);
			await().untilAsserted(() -> assertThat(texts("#cards h3")).hasSize(24));
			assertThat(overflow()).isZero();
			application.answers().status(401);
			await().untilAsserted(() -> assertThat(visible("#trouble")).isTrue());
			assertThat(overflow()).isZero();
		}
	}

	@Test
	void keyboardReachesEverything() throws Exception {
		try (DashboardApplication application = start()) {
			application.answers().body(manyUpstreams(30));
			open(application.page());
			await().untilAsserted(() -> assertThat(texts("#cards h3")).hasSize(24));
			Set<String> reached = new LinkedHashSet<>();
			browser.driver().switchTo().activeElement().sendKeys(Keys.TAB);
			WebElement focused = browser.driver().switchTo().activeElement();
			while (!focused.getTagName().equals("body")) {
				reached.add((focused.getText().isEmpty()) ? focused.getAttribute("placeholder") : focused.getText());
				assertThat(browser.run("return getComputedStyle(document.activeElement).outlineStyle"))
					.as(reached::toString)
					.isEqualTo("solid");
				focused.sendKeys(Keys.TAB);
				focused = browser.driver().switchTo().activeElement();
			}
			assertThat(reached).contains("Skip to the upstreams", "Tidepool", "Pause", "Copy", "Filter by name",
					"upstream-0", "upstream-23", "Show all 30");
			assertThat(browser.run(
					"return [...document.querySelectorAll('a[href], button, input')].filter((each) => each.tabIndex < 0).length"))
				.isEqualTo(0L);
		}
	}

	@Test
	void listOfManyIsSortedByNeedAndFiltered() throws Exception {
		try (DashboardApplication application = start()) {
			application.answers().body(manyUpstreams(100));
			open(application.page());
			await()
				.untilAsserted(() -> assertThat(texts("#cards h3")).hasSize(24).startsWith("upstream-7", "upstream-0"));
			assertThat(text("#shown")).isEqualTo("24 of 100");
			WebElement filter = browser.driver().findElement(By.id("filter"));
			filter.sendKeys("stream-9");
			await().untilAsserted(
					() -> assertThat(texts("#cards h3")).hasSize(11).startsWith("upstream-9", "upstream-90"));
			filter.sendKeys("<b>");
			await().untilAsserted(
					() -> assertThat(text("#none-match")).isEqualTo("No upstream has “stream-9<b>” in its name."));
			filter.clear();
			filter.sendKeys(" ");
			click("#more");
			await().untilAsserted(() -> assertThat(texts("#cards h3")).hasSize(100));
		}
	}

	@Test
	void whatOthersSayIsTextOnly() throws Exception {
		String hostile = "<img src=x onerror=alert(1)>";
		try (DashboardApplication application = start()) {
			application.answers()
				.body(manyUpstreams(8).replace("upstream-7", hostile)
					.replace("Too few.", hostile + "</p><script>alert(1)</script>"));
			open(application.page());
			await().untilAsserted(() -> assertThat(texts("#cards h3")).contains(hostile));
			assertThat(text("#findings .message")).startsWith(hostile);
			assertThat(browser.run("return document.querySelectorAll('main img, main script').length")).isEqualTo(0L);
			click("#findings a");
			await().untilAsserted(() -> assertThat(text("#upstream h1")).isEqualTo(hostile));
			assertThat(browser.console()).isEmpty();
		}
	}

	@Test
	void nobodyIsAskedWhilePausedOrHidden() {
		try (DashboardApplication application = start()) {
			open(application.page());
			await().untilAsserted(() -> assertThat(text("#live")).isEqualTo("Live"));
			click("#pause");
			assertThat(text("#live")).isEqualTo("Paused");
			assertQuiet(application);
			click("#pause");
			assertAsks(application);
			browser.run("Object.defineProperty(document, 'hidden', { configurable: true, value: true });"
					+ "document.dispatchEvent(new Event('visibilitychange'))");
			assertQuiet(application);
			browser.run("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
			assertAsks(application);
		}
	}

	@Test
	void numbersStayWithoutChartJs() throws Exception {
		try (ScriptedServer server = server(); DashboardApplication application = start()) {
			application.call(server.url(), 2);
			open(application.page());
			await().untilAsserted(() -> assertThat(visible("#cards canvas")).isTrue());
			assertThat(visible("#charts-note")).isTrue();
			browser.driver().executeCdpCommand("Network.enable", Map.of());
			browser.driver().executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of("*/chart.js")));
			try {
				open(application.page());
				await().untilAsserted(() -> assertThat(card(name(server))).contains("Reuse 50 %"));
				assertThat(visible("#cards canvas")).isFalse();
				assertThat(visible("#charts-note")).isFalse();
				assertThat(text("#no-charts")).contains("org.webjars.npm:chart.js");
			}
			finally {
				browser.driver().executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of()));
			}
		}
	}

	// Of a text to what is behind it, after WCAG 2.2, 1.4.3
	private static final String CONTRAST = """
			const luminance = (rgb) => rgb.map((c) => c / 255).map((c) => (c <= 0.04045) ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
				.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
			const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
			const text = document.querySelector(arguments[0]);
			let behind = text;
			while (rgb(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
			const both = [getComputedStyle(text).color, getComputedStyle(behind).backgroundColor].map((c) => luminance(rgb(c).slice(0, 3)));
			return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05) + 0.0001;
			""";

	private static DashboardApplication start(String... properties) {
		return DashboardApplication.start(properties);
	}

	private static ScriptedServer server() throws IOException {
		return ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/closing")) {
				exchange.respond(200, "fine", "Connection: close");
			}
			else {
				exchange.respond(200, "fine");
			}
		});
	}

	private static String name(ScriptedServer server) {
		return URI.create(server.url()).getAuthority();
	}

	private static void open(String url) {
		browser.open(url, WIDE, false);
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(40)).ignoreExceptions();
	}

	private static void assertQuiet(DashboardApplication application) {
		AtomicInteger asked = new AtomicInteger();
		// One may be on its way
		Awaitility.await()
			.during(Duration.ofSeconds(3))
			.atMost(Duration.ofSeconds(20))
			.until(() -> isUnchanged(asked, application.answers().asked()));
	}

	private static boolean isUnchanged(AtomicInteger before, int now) {
		return before.getAndSet(now) == now;
	}

	private static void assertAsks(DashboardApplication application) {
		int asked = application.answers().asked();
		await().until(() -> application.answers().asked() >= asked + 2);
	}

	private static String text(String selector) {
		return plain(browser.driver().findElement(By.cssSelector(selector)).getText());
	}

	private static List<String> texts(String selector) {
		return browser.driver().findElements(By.cssSelector(selector)).stream().map(WebElement::getText).toList();
	}

	private static boolean visible(String selector) {
		return browser.driver().findElement(By.cssSelector(selector)).isDisplayed();
	}

	private static void click(String selector) {
		browser.driver().findElement(By.cssSelector(selector)).click();
	}

	private static String card(String upstream) {
		return browser.driver()
			.findElements(By.cssSelector("#cards > li"))
			.stream()
			.filter((card) -> card.findElement(By.tagName("h3")).getText().equals(upstream))
			.map((card) -> plain(card.getText()))
			.findFirst()
			.orElseThrow();
	}

	private static List<String> rows(String caption) {
		return browser.driver()
			.findElement(By.cssSelector("[aria-label='" + caption + "']"))
			.findElements(By.cssSelector("tbody tr"))
			.stream()
			.map((row) -> plain(row.getText()))
			.toList();
	}

	private static List<String> settings(JsonNode upstream) {
		return upstream.at("/settings")
			.valueStream()
			.map((setting) -> List.of("property", "value", "source", "origin")
				.stream()
				.map((field) -> setting.path(field).asString("–"))
				.collect(Collectors.joining(" ")))
			.map(DashboardIT::plain)
			.toList();
	}

	private static String plain(String text) {
		return text.replaceAll("[\\s\\u00a0]+", " ").strip();
	}

	private static Long overflow() {
		return (Long) browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
	}

	private static String millis(JsonNode value) {
		return browser.run("return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(arguments[0])",
				value.asDouble()) + " ms";
	}

	private static JsonNode json(String text) {
		return new JsonMapper().readTree(text);
	}

	private static String manyUpstreams(int number) {
		String finding = """
				{"id": "callers-wait", "upstream": "upstream-7", "message": "Too few.", "property": "tidepool.pool.max-per-upstream", "suggestedValue": "9"}""";
		String upstreams = IntStream.range(0, number)
			.mapToObj(
					(i) -> """
							{"name": "upstream-%d", "connections": {"active": 1, "idle": 2, "canaries": 0, "max": 20, "opened": 3, "closed": {"idle": 4}, "oldestMillis": 5},
							"callers": {"pending": 0, "acquire": {"count": 6, "meanMillis": 1, "p50Millis": 1, "p99Millis": 1},
							"usage": {"count": 6, "meanMillis": 1, "p50Millis": 1, "p99Millis": 1}, "refused": 0, "expired": 0},
							"connect": {}, "reuseRatio": 0.5, "retries": {"status": {"success": 2, "no-budget-left": 3}}, "retryBudget": 10, "expired": {}, "drains": {},
							"leaks": {"reclaimed": 0, "suspected": 0, "places": []},
							"keepAlive": [], "findings": [%s]}"""
						.formatted(i, (i == 7) ? finding : ""))
			.collect(Collectors.joining(","));
		return """
				{"pools": [{"name": "shared", "active": 1, "idle": 2, "canaries": 0, "byClient": {}, "pending": 0, "maxTotal": 1000, "sweeper": {"lastRunMillisAgo": 5}}],
				"upstreams": [%s], "settings": [], "findings": [%s]}"""
			.formatted(upstreams, finding);
	}

}
