package dev.tidepool.starter;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

import org.junit.jupiter.api.Test;

import dev.tidepool.starter.Dependencies.Dependency;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the jars that are published have to be like.
 */
class PublishedJarsIT {

	private static final Path ROOT = Path.of("..");

	private static final Set<String> MODULES = Set.of("dev.tidepool", "dev.tidepool.starter");

	@Test
	void eachHasLicenceAndNotice() throws IOException {
		assertThat(ours()).hasSize(2);
		for (Path jar : ours()) {
			assertThat(entry(jar, "META-INF/LICENSE")).as("LICENSE of %s", jar)
				.isEqualTo(Files.readString(ROOT.resolve("LICENSE")));
			assertThat(entry(jar, "META-INF/NOTICE")).as("NOTICE of %s", jar)
				.isEqualTo(Files.readString(ROOT.resolve("docs").resolve("NOTICE")));
		}
	}

	@Test
	void eachHasTheNameOfItsModule() throws IOException {
		assertThat(ModuleFinder.of(ours().toArray(Path[]::new)).findAll())
			.extracting((module) -> module.descriptor().name())
			.containsExactlyInAnyOrderElementsOf(MODULES);
	}

	// Does not resolve if two modules, or one and the JDK, have a package in common
	@Test
	void noPackageIsSplit() throws IOException {
		Path[] jars = Dependencies.all().stream().map(Dependency::jar).toArray(Path[]::new);
		ModuleFinder finder = ModuleFinder.of(jars);
		Set<String> names = finder.findAll()
			.stream()
			.map((module) -> module.descriptor().name())
			.collect(Collectors.toSet());
		Configuration resolved = ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), names);
		assertThat(resolved.modules()).hasSize(jars.length);
	}

	private static List<Path> ours() throws IOException {
		return Dependencies.all().stream().filter(Dependency::isOurs).map(Dependency::jar).toList();
	}

	private static String entry(Path jar, String name) throws IOException {
		try (JarFile file = new JarFile(jar.toFile())) {
			ZipEntry entry = file.getEntry(name);
			assertThat(entry).as("%s of %s", name, jar).isNotNull();
			try (InputStream content = file.getInputStream(entry)) {
				return new String(content.readAllBytes());
			}
		}
	}

}
