package dev.tidepool.contract;

import java.io.IOException;
import java.util.List;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

import dev.tidepool.contract.ResponseFuzz.Response;

/**
 * Other responses at each run, by hand: {@code -Dit.test=ResponseFuzzLong}.
 */
class ResponseFuzzLong {

	@Property(tries = 100, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
	void restClientSurvivesWhateverArrives(@ForAll("responses") List<Response> responses, @ForAll boolean tls)
			throws IOException {
		ResponseFuzz.meets(ContractSide.REST_CLIENT, tls, responses);
	}

	@Property(tries = 100, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
	void webClientSurvivesWhateverArrives(@ForAll("responses") List<Response> responses, @ForAll boolean tls)
			throws IOException {
		ResponseFuzz.meets(ContractSide.WEB_CLIENT, tls, responses);
	}

	@Provide
	Arbitrary<List<Response>> responses() {
		return ResponseFuzz.responses();
	}

}
