package dev.tidepool.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.tidepool.testsupport.ServerProcess;
import dev.tidepool.testsupport.ServerProcess.Preparation;
import dev.tidepool.testsupport.ServerProcess.Recipe;

/**
 * An upstream that is a program of its own, and logs the {@code X-Id} of each request.
 *
 * @param server the process
 * @param log the log with the ids
 */
record ProcessUpstream(ServerProcess server, String log) implements ZooServer {

	private static final String ACCESS_LOG = "access.log";

	private static final Pattern ID = Pattern.compile("\\b(" + ZooCalls.ID_PATTERN + ")\\b");

	static ZooServer start(Recipe recipe) throws IOException {
		return new ProcessUpstream(ServerProcess.start(recipe), ACCESS_LOG);
	}

	static ZooServer startWithIdsInOutput(Recipe recipe) throws IOException {
		return new ProcessUpstream(ServerProcess.start(recipe), ServerProcess.OUTPUT);
	}

	static Recipe apache(Duration keepAlive) {
		return new Recipe("apache2", "apache2-bin", (program, folder, port) -> {
			page(folder);
			return List.of(program.toString(), "-DFOREGROUND", "-f", configuration("apache2.conf", folder, port,
					keepAlive, (timeout) -> "KeepAliveTimeout " + timeout.toMillis() + "ms"));
		});
	}

	static Recipe haproxy(Duration keepAlive) {
		return new Recipe("haproxy", "haproxy",
				(program, folder, port) -> List.of(program.toString(), "-db", "-f", configuration("haproxy.cfg", folder,
						port, keepAlive, (timeout) -> "timeout http-keep-alive " + timeout.toMillis() + "ms")));
	}

	static Recipe lighttpd(Duration keepAlive) {
		return new Recipe("lighttpd", "lighttpd", (program, folder, port) -> {
			page(folder);
			return List.of(program.toString(), "-D", "-f", configuration("lighttpd.conf", folder, port, keepAlive,
					(timeout) -> "server.max-keep-alive-idle = " + timeout.toSeconds()));
		});
	}

	static Recipe caddy(Duration keepAlive) {
		return new Recipe("caddy", "caddy",
				(program, folder, port) -> List.of(program.toString(), "run", "--adapter", "caddyfile", "--config",
						configuration("Caddyfile", folder, port, keepAlive,
								(timeout) -> "servers {\ntimeouts {\nidle " + timeout.toMillis() + "ms\n}\n}")));
	}

	/**
	 * With its default workers gunicorn keeps no connection.
	 */
	static Recipe gunicorn(Duration keepAlive) {
		return new Recipe("gunicorn", "gunicorn", (program, folder, port) -> {
			Preparation.copy("/zoo/wsgi.py", folder, Map.of());
			List<String> command = new ArrayList<>(List.of(program.toString(), "--bind", "127.0.0.1:" + port,
					"--access-logfile", ACCESS_LOG, "--access-logformat", "%(m)s %(s)s %({x-id}i)s"));
			if (keepAlive != null) {
				command.addAll(List.of("--worker-class", "gthread", "--threads", "32", "--keep-alive",
						String.valueOf(keepAlive.toSeconds())));
			}
			command.add("wsgi:app");
			return command;
		});
	}

	static Recipe uvicorn(Duration keepAlive) {
		return new Recipe("uvicorn", "uvicorn", (program, folder, port) -> {
			Preparation.copy("/zoo/asgi.py", folder, Map.of());
			List<String> command = new ArrayList<>(List.of(program.toString(), "--host", "127.0.0.1", "--port",
					String.valueOf(port), "--app-dir", folder.toString(), "--log-level", "warning", "--no-access-log"));
			if (keepAlive != null) {
				command.addAll(List.of("--timeout-keep-alive", String.valueOf(keepAlive.toSeconds())));
			}
			command.add("asgi:app");
			return command;
		});
	}

	static Recipe go(Duration keepAlive) {
		return new Recipe("go", "golang-go", (program, folder, port) -> {
			Path binary = folder.resolve("server");
			build(folder, program.toString(), "build", "-o", binary.toString(),
					Preparation.copy("/zoo/server.go", folder, Map.of()).toString());
			List<String> command = new ArrayList<>(List.of(binary.toString(), "127.0.0.1:" + port));
			if (keepAlive != null) {
				command.add(keepAlive.toMillis() + "ms");
			}
			return command;
		});
	}

	static Recipe node(Duration keepAlive) {
		return new Recipe("node", "nodejs", (program, folder, port) -> {
			List<String> command = new ArrayList<>(List.of(program.toString(),
					Preparation.copy("/zoo/server.js", folder, Map.of()).toString(), String.valueOf(port)));
			if (keepAlive != null) {
				command.add(String.valueOf(keepAlive.toMillis()));
			}
			return command;
		});
	}

	private static String configuration(String name, Path folder, int port, Duration keepAlive,
			Function<Duration, String> directive) throws IOException {
		return Preparation
			.copy("/zoo/" + name, folder, Map.of("folder", folder.toString(), "port", String.valueOf(port),
					"keep-alive", (keepAlive != null) ? directive.apply(keepAlive) : ""))
			.toString();
	}

	private static void page(Path folder) throws IOException {
		Files.writeString(Files.createDirectories(folder.resolve("www")).resolve("index.html"), "fine");
	}

	private static void build(Path folder, String... command) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(folder.resolve("build.log").toFile());
		builder.environment().put("HOME", folder.toString());
		Process process = builder.start();
		try {
			if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
				process.destroyForcibly();
				throw new IOException(
						"%s failed: %s".formatted(List.of(command), Files.readString(folder.resolve("build.log"))));
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

	@Override
	public String url() {
		return this.server.url();
	}

	@Override
	public void stop() {
		this.server.stop();
	}

	@Override
	public void startAgain() throws IOException {
		this.server.startAgain();
	}

	@Override
	public Map<String, Integer> arrivals() throws IOException {
		Map<String, Integer> counts = new TreeMap<>();
		for (String line : this.server.lines(this.log)) {
			Matcher id = ID.matcher(line);
			if (id.find()) {
				counts.merge(id.group(), 1, Integer::sum);
			}
		}
		return counts;
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
