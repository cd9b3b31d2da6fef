package dev.tidepool.zoo;

import java.util.List;

import org.junit.jupiter.api.Tag;

import dev.tidepool.testsupport.ServerProcess.Recipe;

/**
 * Through tinyproxy, which answers in HTTP/1.1 without {@code Connection: close}, and
 * then closes.
 */
@Tag("zoo")
class TinyproxyIT extends ProxyContract {

	@Override
	protected Recipe recipe(int allowed) {
		return new Recipe("tinyproxy", "tinyproxy-bin", (program, folder, port) -> List.of(program.toString(), "-d",
				"-c", configuration("tinyproxy.conf", folder, port, allowed)));
	}

	@Override
	protected int requestLimit() {
		return 1;
	}

}
