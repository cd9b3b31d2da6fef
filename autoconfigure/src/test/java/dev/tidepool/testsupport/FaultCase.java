package dev.tidepool.testsupport;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of a test which of the faults in {@code faults.txt} it shows to be survived. A
 * fault that no test shows fails the build.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface FaultCase {

	/**
	 * The numbers of the faults.
	 */
	int[] value();

	/**
	 * What the connections of the test are.
	 */
	Transport[] over() default Transport.PLAIN;

	/**
	 * The clients that the test calls through, where its class does not say so by the end
	 * of its name.
	 */
	Client[] through() default {};

	/**
	 * A client of the application.
	 */
	enum Client {

		REST_CLIENT("RestClient"), WEB_CLIENT("WebClient");

		private final String displayName;

		Client(String displayName) {
			this.displayName = displayName;
		}

		@Override
		public String toString() {
			return this.displayName;
		}

	}

	/**
	 * What HTTP is spoken over.
	 */
	enum Transport {

		PLAIN("plain"), TLS("TLS");

		private final String displayName;

		Transport(String displayName) {
			this.displayName = displayName;
		}

		@Override
		public String toString() {
			return this.displayName;
		}

	}

}
