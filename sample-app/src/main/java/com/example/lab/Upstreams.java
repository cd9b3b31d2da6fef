package com.example.lab;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Starts the upstreams of experiments for which a real server is the stronger evidence:
 * on nginx where it is installed and starts, and in process elsewhere.
 *
 * @param binary the program, or {@code null} for those in process
 * @param name on what they run, as results say it
 * @param why why they run there, in a line
 */
record Upstreams(@Nullable Path binary, String name, String why) {

	/**
	 * The name of those that need no other program.
	 */
	static final String IN_PROCESS = "in process";

	private static final Pattern VERSION = Pattern.compile("nginx/(\\S+)");

	/**
	 * Upstreams in process.
	 * @param why why not on nginx
	 */
	static Upstreams inProcess(String why) {
		return new Upstreams(null, IN_PROCESS, "Upstreams run in process: " + why);
	}

	/**
	 * Find out what this machine has.
	 */
	static Upstreams ofThisMachine() throws InterruptedException {
		Stream<String> path = Optional.ofNullable(System.getenv("PATH"))
			.stream()
			.flatMap(Pattern.compile(File.pathSeparator, Pattern.LITERAL)::splitAsStream);
		Optional<Path> binary = Stream.concat(path, Stream.of("/usr/sbin", "/usr/local/sbin"))
			.map((folder) -> Path.of(folder, "nginx"))
			.filter((nginx) -> Files.isRegularFile(nginx) && Files.isExecutable(nginx))
			.findFirst();
		return binary.isPresent() ? on(binary.get()) : inProcess("nginx is not installed");
	}

	/**
	 * Upstreams on nginx, if it starts.
	 * @param binary the program
	 */
	static Upstreams on(Path binary) throws InterruptedException {
		try {
			NginxUpstream.start(binary, Behaviour.text()).close();
			String name = "nginx " + version(binary);
			return new Upstreams(binary, name,
					"Upstreams run on %s (%s) where that can do what the experiment needs, ".formatted(name, binary)
							+ "and in process elsewhere");
		}
		catch (IOException ex) {
			return inProcess("%s could not be used. %s".formatted(binary, ex.getMessage()));
		}
	}

	private static String version(Path binary) throws IOException {
		Process process = new ProcessBuilder(binary.toString(), "-v").redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
		Matcher version = VERSION.matcher(output);
		if (!version.find()) {
			throw new IOException("It does not tell its version: " + output.strip());
		}
		return version.group(1);
	}

	boolean areNginx() {
		return this.binary != null;
	}

	Upstream start(Behaviour behaviour) throws IOException, InterruptedException {
		return (this.binary != null) ? NginxUpstream.start(this.binary, behaviour)
				: new LabUpstream(behaviour.answer(), behaviour.idleTimeout());
	}

}
