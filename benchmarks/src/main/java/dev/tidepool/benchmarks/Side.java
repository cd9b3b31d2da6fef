package dev.tidepool.benchmarks;

/**
 * The two that are compared as something grows.
 */
enum Side {

	/**
	 * HttpClient alone.
	 */
	HTTPCLIENT("HttpClient alone"),

	/**
	 * Spring's client on Tidepool.
	 */
	TIDEPOOL("Tidepool");

	private final String title;

	Side(String title) {
		this.title = title;
	}

	String title() {
		return this.title;
	}

	/**
	 * Make a client that waits.
	 * @param request what it calls
	 * @param connections how many it may have
	 * @return the client
	 */
	GrowthClient open(Request request, int connections) {
		return (this == HTTPCLIENT) ? new GrowthHttpClient(request, connections)
				: new GrowthTidepool(request, connections);
	}

}
