package dev.tidepool.contract;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * How an upstream loses a request that it has read.
 */
enum Loss {

	RESET(Exchange::reset), SILENT_CLOSE(Exchange::close);

	private final ScriptedServer.Script script;

	Loss(ScriptedServer.Script script) {
		this.script = script;
	}

	void lose(Exchange exchange) throws Exception {
		this.script.run(exchange);
	}

}
