package dev.tidepool.benchmarks;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.tidepool.testsupport.Sockets;

/**
 * Whether a client had about as many connections as requests in flight, and kept them:
 * with fewer, its requests would queue where those of others are sent, and its row would
 * say something else than theirs.
 */
final class KeptSockets {

	private static final boolean COUNTED = Files.exists(Path.of("/proc/self/net/tcp"));

	private KeptSockets() {
	}

	/**
	 * Whether the system says which sockets there are.
	 * @return whether it does
	 */
	static boolean areCounted() {
		return COUNTED;
	}

	/**
	 * Count them where the system does, once all calls were made. A few may be missing,
	 * since an answer may free its connection before it starts the next call.
	 * @param uri what was called
	 * @param inFlight how many calls were in flight
	 */
	static void check(URI uri, int inFlight) throws InterruptedException {
		if (!COUNTED) {
			return;
		}
		Settled.await(() -> (Sockets.established(uri.getPort()) <= inFlight) ? null : problem(uri, inFlight));
		if (Sockets.established(uri.getPort()) < inFlight / 2) {
			throw new IllegalStateException(problem(uri, inFlight));
		}
	}

	private static String problem(URI uri, int inFlight) {
		return "%d requests in flight kept %d connections".formatted(inFlight, Sockets.established(uri.getPort()));
	}

}
