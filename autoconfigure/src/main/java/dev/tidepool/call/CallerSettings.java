package dev.tidepool.call;

/**
 * What one caller, that is one RestClient, RestTemplate, WebClient or HTTP service group,
 * asks for.
 *
 * @param partition whose connections it may share
 * @param timeouts its own time-outs
 * @param followRedirects whether redirects are followed at all
 * @param cookies what it does with cookies
 */
public record CallerSettings(Partition partition, CallerTimeouts timeouts, boolean followRedirects, Cookies cookies) {

	/**
	 * What is done with cookies. Each client has a store of its own.
	 */
	public enum Cookies {

		/**
		 * HttpClient's default.
		 */
		DEFAULT,

		/**
		 * RFC 6265, strictly.
		 */
		STRICT,

		/**
		 * Neither kept nor sent.
		 */
		NONE

	}

}
