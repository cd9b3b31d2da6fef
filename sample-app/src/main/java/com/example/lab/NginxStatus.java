package com.example.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What nginx counts itself: its
 * <a href="https://nginx.org/en/docs/http/ngx_http_stub_status_module.html">stub
 * status</a>, the connection that asked for it included.
 *
 * @param open connections that are open
 * @param accepted connections that were opened
 * @param underWay requests that are being read or answered
 */
record NginxStatus(int open, int accepted, int underWay) {

	private static final int TIMEOUT_MILLIS = 10_000;

	private static final Pattern NUMBERS = Pattern.compile("""
			Active connections: (\\d+)\\s+\
			server accepts handled requests\\s+(\\d+) \\d+ \\d+\\s+\
			Reading: (\\d+) Writing: (\\d+) Waiting: \\d+\\s*""");

	/**
	 * Ask for it, on a connection that nginx closes then.
	 */
	static NginxStatus ask(int port, String path) throws IOException {
		try (Socket socket = new Socket(Proxy.NO_PROXY)) {
			socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.getOutputStream()
				.write("GET %s HTTP/1.0\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII));
			String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
			return NUMBERS.matcher(response)
				.results()
				.findFirst()
				.map(NginxStatus::of)
				.orElseThrow(() -> new IOException("This is not the status of nginx: " + response));
		}
	}

	private static NginxStatus of(MatchResult numbers) {
		return new NginxStatus(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)),
				Integer.parseInt(numbers.group(3)) + Integer.parseInt(numbers.group(4)));
	}

}
