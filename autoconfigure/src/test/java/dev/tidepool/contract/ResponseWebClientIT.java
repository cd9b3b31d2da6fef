package dev.tidepool.contract;

import org.junit.jupiter.api.Test;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link ResponseContract} through WebClient.
 */
class ResponseWebClientIT extends ResponseContract {

	ResponseWebClientIT() {
		super(ContractSide.WEB_CLIENT);
	}

	@Test
	void codedBodyIsHandedOverAsItCame() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "no gzip", "Content-Encoding: gzip"));
		run((application) -> {
			ContractResponse response = application.client().exchange(ContractRequest.get(server.uri("/")));
			assertThat(response.body()).isEqualTo("no gzip");
			assertThat(response.headers().getFirst("Content-Encoding")).isEqualTo("gzip");
		});
		assertThat(server.log()).singleElement()
			.satisfies((request) -> assertThat(request.headers()).doesNotContainKey("Accept-Encoding"));
	}

}
