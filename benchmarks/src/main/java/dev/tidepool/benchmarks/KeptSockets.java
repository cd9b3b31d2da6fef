package dev.tidepool.benchmarks;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

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
		check(uri, inFlight / 2, inFlight);
	}

	/**
	 * Count them where the system does, once all calls were made.
	 * @param uri what was called
	 * @param least how many there have to be
	 * @param most how many there may be
	 */
	static void check(URI uri, int least, int most) throws InterruptedException {
		if (COUNTED) {
			Settled.await(() -> problem(least, Sockets.established(uri.getPort()), most));
		}
	}

	private static @Nullable String problem(int least, int kept, int most) {
		return (kept >= least && kept <= most) ? null
				: "%d connections were kept, and not from %d to %d".formatted(kept, least, most);
	}

}
