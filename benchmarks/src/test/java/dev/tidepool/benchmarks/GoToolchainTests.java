package dev.tidepool.benchmarks;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a machine without Go measures.
 */
class GoToolchainTests {

	@TempDir
	private Path folder;

	@Test
	void goIsFoundInTheFirstFolderThatHasTheCommand() throws Exception {
		Path empty = Files.createDirectory(this.folder.resolve("empty"));
		Path other = Files.createDirectories(this.folder.resolve("other").resolve("go")).getParent();
		Path bin = Files.createDirectory(this.folder.resolve("bin"));
		Path go = command(bin, "");
		assertThat(GoToolchain.find(path(empty, other))).isEmpty();
		assertThat(GoToolchain.find("")).isEmpty();
		assertThat(GoToolchain.find(path(empty, other, bin))).contains(new GoToolchain(go));
	}

	@Test
	void versionIsWhatTheCommandSays() throws Exception {
		Path go = command(this.folder, "test \"$*\" = 'env GOVERSION' && test $GOPROXY = off && echo go1.19.8");
		assertThat(new GoToolchain(go).version()).isEqualTo("1.19.8");
	}

	@Test
	void contenderThatIsNotInstalledIsNamedAsSuch() {
		assertThat(Contender.values()).filteredOn((contender) -> !contender.isInstalled(this.folder.toString()))
			.containsExactly(Contender.GO);
		assertThat(Comparison.descriptions(List.of(Contender.RESTCLIENT_JDK, Contender.GO), this.folder.toString()))
			.isEqualTo("""
					- RestClient on the JDK's client: as Spring Boot has it.
					- Go's net/http: not measured, as it is not installed here.""");
	}

	@Test
	void onlyWhatSpeaksTlsIsComparedOverTls() {
		assertThat(Comparison.classic(Exchange.POST).contenders()).contains(Contender.GO);
		assertThat(Comparison.classic(Exchange.TLS_POST).contenders()).doesNotContain(Contender.GO);
	}

	private static String path(Path... folders) {
		return String.join(File.pathSeparator, List.of(folders).stream().map(Path::toString).toList());
	}

	private static Path command(Path folder, String script) throws Exception {
		Path go = Files.writeString(folder.resolve("go"), "#!/bin/sh\n" + script + "\n");
		return Files.setPosixFilePermissions(go, PosixFilePermissions.fromString("rwx------"));
	}

}
