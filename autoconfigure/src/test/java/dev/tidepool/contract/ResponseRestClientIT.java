package dev.tidepool.contract;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;

/**
 * {@link ResponseContract} through RestClient.
 */
class ResponseRestClientIT extends ResponseContract {

	ResponseRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

	@ParameterizedTest
	@FaultCase(value = { 44, 45 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void codedBodyIsDecodedOrFails(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.CONTENT_CODING, tls);
	}

}
