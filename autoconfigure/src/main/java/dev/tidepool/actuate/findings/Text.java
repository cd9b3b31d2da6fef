package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.Locale;

/**
 * Numbers as they are written in a sentence.
 */
final class Text {

	private Text() {
	}

	static String time(Duration time) {
		double millis = time.toNanos() / 1e6;
		if (millis >= 1000) {
			return String.format(Locale.ROOT, "%.1f s", millis / 1000);
		}
		return String.format(Locale.ROOT, (millis >= 10) ? "%.0f ms" : "%.1f ms", millis);
	}

	static String share(long part, long whole) {
		double percent = (whole > 0) ? 100.0 * part / whole : 100;
		return String.format(Locale.ROOT, (percent >= 10) ? "%.0f %%" : "%.1f %%", percent);
	}

	static String rate(double perSecond) {
		return String.format(Locale.ROOT, (perSecond >= 10) ? "%.0f" : "%.1f", perSecond);
	}

	static String minutes(Duration time) {
		return (time.toSeconds() < 90) ? Math.max(1, time.toSeconds()) + " s"
				: Math.round(time.toSeconds() / 60.0) + " minutes";
	}

}
