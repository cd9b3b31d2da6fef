package com.example.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * On what experiments run where nginx is of no use.
 */
@Timeout(60)
class UpstreamsTests {

	@TempDir
	private Path folder;

	@Test
	void runInProcessWhereNginxDoesNotStart() throws Exception {
		Path broken = script("echo 'nginx: [emerg] unknown directive \"stub_status\"' >&2; exit 1");
		Upstreams upstreams = Upstreams.on(broken);
		assertThat(upstreams.name()).isEqualTo("in process");
		assertThat(upstreams.why()).isEqualTo("Upstreams run in process: %s could not be used. ".formatted(broken)
				+ "It did not start: nginx: [emerg] unknown directive \"stub_status\"");
		try (Upstream upstream = upstreams.start(Behaviour.text())) {
			assertThat(upstream).isInstanceOf(LabUpstream.class);
		}
		assertThat(Experiments.all(upstreams)).extracting(Experiment::upstream).containsOnly("in process");
	}

	@Test
	void nothingIsLeftOfNginxThatDidNotStart() throws Exception {
		Path seen = this.folder.resolve("seen");
		Upstreams.on(script("echo \"$2\" >>%s; exit 1".formatted(seen)));
		List<Path> folders = Files.readAllLines(seen).stream().map(Path::of).toList();
		assertThat(folders).isNotEmpty();
		Awaitility.await().untilAsserted(() -> assertThat(folders).noneMatch(Files::exists));
	}

	@Test
	void runInProcessWhereTheProgramIsNone() throws Exception {
		Path missing = this.folder.resolve("nginx");
		assertThat(Upstreams.on(missing).why()).startsWith("Upstreams run in process: " + missing);
	}

	private Path script(String commands) throws IOException {
		Path script = Files.writeString(this.folder.resolve("nginx"), "#!/bin/sh\n" + commands + "\n");
		script.toFile().setExecutable(true);
		return script;
	}

}
