package dev.tidepool.autoconfigure;

import org.springframework.util.ClassUtils;

/**
 * Which generation of Boot is on the class path.
 */
final class BootVersion {

	/**
	 * Whether {@link SettingsOfBoot41} can be used.
	 */
	static final boolean IS_4_1 = ClassUtils.isPresent("org.springframework.boot.http.client.InetAddressFilter",
			BootVersion.class.getClassLoader());

	private BootVersion() {
	}

}
