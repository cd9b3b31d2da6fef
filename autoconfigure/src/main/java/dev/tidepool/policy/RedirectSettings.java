package dev.tidepool.policy;

import java.util.List;

/**
 * What redirects are followed, and what stays with the origin that it was meant for.
 *
 * @param max redirects that one call follows, 0 for none
 * @param secretHeaders request headers that do not leave the origin, beside those that
 * never do
 */
public record RedirectSettings(int max, List<String> secretHeaders) {

	public static final RedirectSettings DEFAULTS = new RedirectSettings(10, List.of());

	public RedirectSettings {
		InvalidSettingException.require("max", max, (value) -> value >= 0, "must not be negative",
				"Set 0 to follow none.");
		secretHeaders = List.copyOf(secretHeaders);
		for (String header : secretHeaders) {
			InvalidSettingException.require("secret-headers", header, RequestSyntax::isToken, "is not a header name",
					"List header names such as X-Api-Key.");
		}
	}

}
