package dev.tidepool.zoo;

import java.util.List;

import dev.tidepool.testsupport.ServerProcess.Recipe;

/**
 * Through squid, which takes long to install and so runs with {@link ZooLong}, by hand.
 */
class SquidLong extends ProxyContract {

	@Override
	protected Recipe recipe(int allowed) {
		return new Recipe("squid", "squid", (program, folder, port) -> List.of(program.toString(), "-N", "-f",
				configuration("squid.conf", folder, port, allowed)));
	}

	@Override
	protected int requestLimit() {
		return 0;
	}

}
