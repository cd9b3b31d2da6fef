package com.example.orders;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * Server-sent events, as a browser gets them. Going away closes its connection.
 *
 * @param reader what comes
 */
record EventStream(BufferedReader reader) implements AutoCloseable {

	private static final String DATA = "data:";

	static EventStream open(String url) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create(url)).header("Accept", "text/event-stream").build();
		return new EventStream(new BufferedReader(
				new InputStreamReader(HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream()).body(),
						StandardCharsets.UTF_8)));
	}

	List<String> take(int count) {
		return events().limit(count).toList();
	}

	/**
	 * Read until the server ends the response, which is an error if it only breaks it.
	 */
	void toEnd() {
		events().forEach((event) -> {
		});
	}

	private Stream<String> events() {
		return this.reader.lines().filter((line) -> line.startsWith(DATA)).map((line) -> line.substring(DATA.length()));
	}

	@Override
	public void close() throws IOException {
		this.reader.close();
	}

}
