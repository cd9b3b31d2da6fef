package dev.tidepool.call;

import java.util.List;
import java.util.stream.Stream;

import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PersistenceTests {

	private static final List<String> OF_REQUESTS = List.of("", "Connection: keep-alive", "Connection: Keep-Alive",
			"Connection: close", "Connection: TE, close", "Connection: keep-alive\nConnection: close",
			"Transfer-Encoding: chunked", "Transfer-Encoding: chunked\nContent-Length: 3", "Connection: ");

	private static final List<String> OF_RESPONSES = List.of("", "Content-Length: 0", "Content-Length: 3",
			"Content-Length: 3\nContent-Length: 3", "Transfer-Encoding: chunked",
			"Transfer-Encoding: chunked\nContent-Length: 3", "Content-Length: 3\nConnection: keep-alive",
			"Content-Length: 3\nconnection: Keep-Alive", "Content-Length: 3\nConnection: close",
			"Content-Length: 3\nConnection: keep-alive, close", "Content-Length: 3\nConnection: upgrade",
			"Content-Length: 3\nConnection: keep-alive\nConnection: close", "Content-Length: 3\nConnection: \"close\"",
			"Content-Length: 3\nProxy-Connection: close", "Content-Length: 3\nProxy-Connection: keep-alive",
			"Content-Length: 3\nConnection: keep-alive\nProxy-Connection: close", "Content-Length: 3\nConnection: ");

	@Test
	void isWhatHttpClientMakesOfEachPairOfMessages() {
		int persistent = 0;
		for (ProtocolVersion version : List.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1)) {
			for (HttpRequest request : requests().toList()) {
				for (HttpResponse response : responses(version).toList()) {
					boolean expected = DefaultClientConnectionReuseStrategy.INSTANCE.keepAlive(request, response,
							HttpCoreContext.create()) && !ResponseLength.isAmbiguous(response);
					assertThat(Persistence.isPersistent(request, response, HttpCoreContext.create()))
						.as("%s %s, %s %s", request, List.of(request.getHeaders()), response,
								List.of(response.getHeaders()))
						.isEqualTo(expected);
					persistent += expected ? 1 : 0;
				}
			}
		}
		assertThat(persistent).isGreaterThan(100);
	}

	private static Stream<HttpRequest> requests() {
		return Stream.of("GET", "HEAD", "POST", "CONNECT")
			.flatMap((method) -> OF_REQUESTS.stream()
				.map((headers) -> with(new BasicHttpRequest(method, "/"), headers)));
	}

	private static Stream<HttpResponse> responses(ProtocolVersion version) {
		return Stream.of(200, 204, 304, 407, 500).flatMap((status) -> OF_RESPONSES.stream().map((headers) -> {
			HttpResponse response = with(new BasicHttpResponse(status), headers);
			response.setVersion(version);
			return response;
		}));
	}

	private static <T extends HttpMessage> T with(T message, String headers) {
		headers.lines().forEach((header) -> {
			int colon = header.indexOf(':');
			message.addHeader(header.substring(0, colon), header.substring(colon + 1).trim());
		});
		return message;
	}

}
