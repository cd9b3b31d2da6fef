package dev.tidepool.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

import org.awaitility.Awaitility;
import org.openqa.selenium.Capabilities;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.springframework.util.FileSystemUtils;

/**
 * A real Chromium without a window, that asks nobody but the server of the test. Skips a
 * test as {@link NginxServer} does where it is not installed.
 */
public final class Chromium implements AutoCloseable {

	private final Path profile;

	private final ChromeDriver driver;

	private Chromium(Path chromium, Path chromedriver) throws IOException {
		this.profile = Files.createTempDirectory("tidepool-chromium");
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(chromedriver.toFile())
			.usingAnyFreePort()
			.build();
		this.driver = new ChromeDriver(service, options(chromium));
	}

	/**
	 * Start a browser.
	 * @return the browser
	 */
	public static Chromium start() throws IOException {
		return new Chromium(RequiredBinary.find("chromium", "chromium"),
				RequiredBinary.find("chromedriver", "chromium-driver"));
	}

	private Capabilities logs() {
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		ChromeOptions options = new ChromeOptions();
		options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
		return options;
	}

	private ChromeOptions options(Path chromium) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(chromium.toFile());
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage", "--user-data-dir=" + this.profile);
		return options.merge(logs());
	}

	public ChromeDriver driver() {
		return this.driver;
	}

	/**
	 * Open a page in a window of this size.
	 * @param url its address
	 * @param width in CSS pixels
	 * @param dark whether the user prefers dark colours
	 */
	public void open(String url, int width, boolean dark) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
		this.driver.get("about:blank");
		this.driver.manage().logs().get(LogType.BROWSER);
		this.driver.get(url);
	}

	/**
	 * What a script returns.
	 * @param script its body
	 * @param arguments its arguments
	 * @return what it returns, in Selenium's types
	 */
	public Object run(String script, Object... arguments) {
		return ((JavascriptExecutor) this.driver).executeScript(script, arguments);
	}

	/**
	 * Everything on the page's console since it was opened, or since the last call.
	 * @return the lines
	 */
	public List<String> console() {
		List<String> lines = new ArrayList<>();
		this.driver.manage().logs().get(LogType.BROWSER).forEach((entry) -> lines.add(entry.getMessage()));
		return lines;
	}

	@Override
	public void close() {
		this.driver.quit();
		// Its processes may write to the profile until they are gone
		Awaitility.await().ignoreExceptions().until(() -> {
			FileSystemUtils.deleteRecursively(this.profile);
			return Files.notExists(this.profile);
		});
	}

}
