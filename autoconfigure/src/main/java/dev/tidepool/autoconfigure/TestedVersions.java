package dev.tidepool.autoconfigure;

import java.lang.module.ModuleDescriptor.Version;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.apache.hc.core5.util.VersionInfo;
import org.jspecify.annotations.Nullable;

import dev.tidepool.actuate.findings.Finding;

/**
 * The oldest libraries that Tidepool is tested with, those of Spring Boot 4.0, and
 * whether what is there is older.
 */
final class TestedVersions {

	static final String OLDEST_CLIENT = "5.5.2";

	static final String OLDEST_CORE = "5.3.6";

	private TestedVersions() {
	}

	static List<Finding> check() {
		return check(release("org.apache.hc.client5"), release("org.apache.hc.core5"));
	}

	/**
	 * Compare versions.
	 * @param client the version of HttpClient, or {@code null} if that is not known
	 * @param core the version of HttpCore, or {@code null} if that is not known
	 * @return a finding for each that is too old
	 */
	static List<Finding> check(@Nullable String client, @Nullable String core) {
		return Stream.concat(check("HttpClient", client, OLDEST_CLIENT), check("HttpCore", core, OLDEST_CORE)).toList();
	}

	private static Stream<Finding> check(String library, @Nullable String version, String oldest) {
		if (version == null || !isOlder(version, oldest)) {
			return Stream.empty();
		}
		return Stream.of(new Finding(library.toLowerCase(Locale.ROOT) + "-old", null,
				"%s %s is older than %s, the oldest that Tidepool is tested with: leave its version to Spring Boot, or raise it"
					.formatted(library, version, oldest),
				null, null));
	}

	private static boolean isOlder(String version, String oldest) {
		try {
			return Version.parse(version).compareTo(Version.parse(oldest)) < 0;
		}
		catch (IllegalArgumentException ex) {
			// Of someone's own making
			return false;
		}
	}

	private static @Nullable String release(String libraryPackage) {
		VersionInfo info = VersionInfo.loadVersionInfo(libraryPackage, VersionInfo.class.getClassLoader());
		return (info != null) ? info.getRelease() : null;
	}

}
