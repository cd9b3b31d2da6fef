package dev.tidepool;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.MarkdownPage.Command;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/getting-started.md} has its reader do: its class is compiled and runs
 * with its configuration, and what the page shows of the answers has to be in them.
 * <p>
 * It runs on the class path of these tests, which has more than that of its
 * {@code pom.xml}, and on another port. What Maven makes of that file, and the commands
 * of Maven, are left to {@code .ci/getting-started}; here its versions are compared with
 * those that Tidepool is built with, and its dependencies with those of these tests.
 */
@ExtendWith(OutputCaptureExtension.class)
class GettingStartedIT {

	private static final MarkdownPage PAGE = MarkdownPage.read(Path.of("..", "docs", "getting-started.md"));

	private static final Pattern CALL = Pattern.compile("curl (?:-s )?localhost:8080(/\\S+)(?: \\| grep \\w+)?");

	private static final Pattern LOG = Pattern.compile("(?m)^Pooling HTTP connections: at most 1000(, .*)$");

	private static final String ANY_PORT = "--server.port=0";

	private static final String BASE_URL = "--tidepool.upstreams.greetings.base-url=";

	@TempDir
	private static Path folder;

	private static URLClassLoader loader;

	@BeforeAll
	static void compile() throws IOException {
		Path source = write("src/main/java/com/example/demo/DemoApplication.java");
		int result = ToolProvider.getSystemJavaCompiler()
			.run(null, System.out, System.err, "-parameters", "-proc:none", "-cp",
					System.getProperty("java.class.path"), "-d", folder.toString(), source.toString());
		assertThat(result).as("exit code of javac").isZero();
		write("src/main/resources/application.yml");
		loader = new URLClassLoader(new URL[] { folder.toUri().toURL() });
	}

	@AfterAll
	static void close() throws IOException {
		loader.close();
	}

	private static Path write(String name) throws IOException {
		Path file = folder.resolve(name);
		Files.createDirectories(file.getParent());
		return Files.writeString(file, PAGE.fileNamed(name));
	}

	@Test
	void answersAreThoseOfThePage(CapturedOutput output) throws Exception {
		// The page's application is its own upstream; here another one is
		try (ConfigurableApplicationContext upstream = run(BASE_URL + "http://localhost:1")) {
			String address = "localhost:" + port(upstream);
			try (ConfigurableApplicationContext demo = run(BASE_URL + "http://" + address)) {
				List<Command> commands = PAGE.commands();
				assertThat(commands).hasSize(3);
				for (Command command : commands) {
					Matcher call = CALL.matcher(command.line());
					assertThat(call.matches()).as(command.line()).isTrue();
					String expected = command.output().replace("localhost:8080", address);
					assertAnswers(expected, command.language(), get(demo, call.group(1)));
				}
				assertThat(PAGE.text()).contains("<http://localhost:8080/actuator/tidepooldashboard>");
				assertThat(get(demo, "/actuator/tidepooldashboard")).containsIgnoringCase("<html");
			}
		}
		Matcher log = LOG.matcher(PAGE.text());
		assertThat(log.find()).isTrue();
		assertThat(output).contains("Pooling HTTP connections: at most ").contains(log.group(1));
	}

	private static ConfigurableApplicationContext run(String baseUrl) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(loader);
		try {
			Class<?> demo = ClassUtils.forName("com.example.demo.DemoApplication", loader);
			return SpringApplication
				.from((arguments) -> demo.getMethod("main", String[].class).invoke(null, (Object) arguments))
				.run("--spring.config.location=" + folder.resolve("src/main/resources/application.yml").toUri(),
						ANY_PORT, baseUrl)
				.getApplicationContext();
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private static String port(ConfigurableApplicationContext context) {
		return context.getEnvironment().getRequiredProperty("local.server.port");
	}

	private static String get(ConfigurableApplicationContext context, String path) throws Exception {
		URI uri = URI.create("http://localhost:" + port(context) + path);
		return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
	}

	private static void assertAnswers(String expected, String language, String answer) {
		if (language.equals("json")) {
			assertHas(JsonMapper.shared().readTree(answer), JsonMapper.shared().readTree(expected), answer);
		}
		else {
			assertThat(answer.lines()).containsAll(expected.lines().toList());
		}
	}

	private static void assertHas(JsonNode actual, JsonNode expected, String answer) {
		if (expected.isContainer()) {
			for (Map.Entry<String, JsonNode> property : expected.properties()) {
				assertHas(actual.path(property.getKey()), property.getValue(), answer);
			}
			Iterator<JsonNode> elements = actual.iterator();
			if (expected.isArray()) {
				expected.forEach((element) -> assertHas(elements.next(), element, answer));
			}
		}
		else {
			assertThat(actual).as(answer).isEqualTo(expected);
		}
	}

	@Test
	void versionsAreThoseOfThisBuild() throws Exception {
		String property = "/project/properties/";
		assertThat(text(page(), "/project/parent/version")).isNotEmpty()
			.isEqualTo(text(pom(".."), property + "spring-boot.version"));
		for (String version : List.of("httpclient5.version", "httpcore5.version")) {
			assertThat(text(page(), property + version)).as(version)
				.isNotEmpty()
				.isEqualTo(text(pom(".."), property + version));
		}
	}

	@Test
	void dependenciesAreTheStarterAndWhatTheseTestsHave() throws Exception {
		String dependency = "/project/dependencies/dependency[%d]/";
		assertThat(text(page(), dependency.formatted(1) + "artifactId")).isNotEmpty()
			.isEqualTo(text(pom("../starter"), "/project/artifactId"));
		assertThat(text(page(), dependency.formatted(1) + "version")).isNotEmpty()
			.isEqualTo(text(pom("../starter"), "/project/parent/version"));
		int count = Integer.parseInt(text(page(), "count(/project/dependencies/dependency)"));
		for (int i = 2; i <= count; i++) {
			String artifact = text(page(), dependency.formatted(i) + "artifactId");
			assertThat(text(page(), dependency.formatted(i) + "version")).as("left to Spring Boot").isEmpty();
			assertThat(text(pom("."), "//dependency[artifactId='%s']/groupId".formatted(artifact))).isNotEmpty()
				.isEqualTo(text(page(), dependency.formatted(i) + "groupId"));
		}
	}

	private static String text(String xml, String path) throws Exception {
		// Knows no namespaces, which paths would have to name
		Document document = DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(new InputSource(new StringReader(xml)));
		return XPathFactory.newInstance().newXPath().evaluate(path, document);
	}

	private static String page() {
		return PAGE.fileNamed("pom.xml");
	}

	private static String pom(String module) throws IOException {
		return Files.readString(Path.of(module, "pom.xml"));
	}

}
