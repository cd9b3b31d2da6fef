package dev.tidepool.bounds;

import java.io.IOException;
import java.io.OutputStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Connections that are lost while a body is written, which a channel tells in other words
 * than a socket (FAULTS 19).
 */
class LostUploadTests {

	private static final byte[] PART = new byte[10_000];

	@Test
	@FaultCase(value = 19, through = Client.REST_CLIENT)
	void repeatableBodyIsSentAgainAfterTheConnectionWasLostWithinIt() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().run((context) -> {
				context.getBean(RestClient.class)
					.put()
					.uri(server.url())
					.body(new LosingBody(server, true))
					.retrieve()
					.toBodilessEntity();
				assertThat(server.requests()).isOne();
				assertThat(server.accepted()).isEqualTo(2);
				assertThat(server.log()).singleElement().satisfies((request) -> assertThat(request.body()).hasSize(1));
			});
		}
	}

	@Test
	@FaultCase(value = 19, through = Client.REST_CLIENT)
	void streamedBodyIsNotSentAgainAfterTheConnectionWasLostWithinIt() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				assertThatException()
					.isThrownBy(() -> client.put()
						.uri(server.url())
						.body(new LosingBody(server, false))
						.retrieve()
						.toBodilessEntity())
					.isInstanceOf(ResourceAccessException.class)
					.withMessageContaining("The connection was lost in attempt 1 of PUT");
				assertThat(server.requests()).isZero();
				assertThat(server.accepted()).isOne();
			});
		}
	}

	/**
	 * Has the upstream close while it is written for the first time, so that writing on
	 * fails.
	 */
	private static final class LosingBody implements StreamingHttpOutputMessage.Body {

		private final ScriptedServer server;

		private final boolean repeatable;

		private boolean written;

		LosingBody(ScriptedServer server, boolean repeatable) {
			this.server = server;
			this.repeatable = repeatable;
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			if (!this.written) {
				this.written = true;
				out.write(PART);
				Awaitility.await().until(() -> this.server.open() == 1);
				this.server.closeConnections();
				while (true) {
					out.write(PART);
				}
			}
			out.write(1);
		}

		@Override
		public boolean repeatable() {
			return this.repeatable;
		}

	}

}
