package com.example.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What an upstream does with a request, said for both kinds of upstream: in Java, and as
 * the directives that have nginx do the same.
 *
 * @param answer what one in process does
 * @param idleTimeout when it closes idle connections, or {@code null} if it keeps them
 * @param directives what nginx does
 * @param files the lengths of the files that nginx sends, by name
 */
record Behaviour(Answer answer, @Nullable IdleTimeout idleTimeout, String directives, Map<String, Integer> files) {

	private static final int PIECE = 64 * 1024;

	private static final int MILLIS_BETWEEN_PIECES = 4;

	// The response has 144 bytes, so the second piece has the end of its head
	private static final int DELAYED_PIECE = 96;

	/**
	 * A few bytes, at once.
	 */
	static Behaviour text() {
		return new Behaviour((request, out) -> Responses.text(out, "fine"), null, "return 200 fine;", Map.of());
	}

	/**
	 * A few bytes after some time. nginx has no delay, but a rate: it sends a piece of
	 * the head at once, and all the rest when the time of that piece is over.
	 * @param millis the time
	 */
	static Behaviour textAfter(int millis) {
		return new Behaviour((request, out) -> {
			Thread.sleep(millis);
			return Responses.text(out, "fine");
		}, null, "sendfile_max_chunk %d; limit_rate %d; return 200 fine;".formatted(DELAYED_PIECE,
				DELAYED_PIECE * 1000L / millis), Map.of());
	}

	/**
	 * Bodies at some 16 MiB/s.
	 * @param lengths their lengths in bytes, by the last segment of the path
	 */
	static Behaviour bodies(Map<String, Integer> lengths) {
		return new Behaviour((request, out) -> {
			String name = request.target().substring(1);
			return paced(Objects.requireNonNull(lengths.get(name), name), out);
		}, null, "root %s; sendfile on; sendfile_max_chunk %d; limit_rate %d;".formatted(NginxFolder.FILES, PIECE,
				PIECE * 1000L / MILLIS_BETWEEN_PIECES), lengths);
	}

	private static boolean paced(int length, OutputStream out) throws IOException, InterruptedException {
		Responses.head(out, length);
		byte[] piece = new byte[PIECE];
		for (int left = length; left > 0; left -= PIECE) {
			out.write(piece, 0, Math.min(left, PIECE));
			out.flush();
			if (left > PIECE) {
				Thread.sleep(MILLIS_BETWEEN_PIECES);
			}
		}
		return true;
	}

	/**
	 * The same, with idle connections closed.
	 * @param timeout when
	 */
	Behaviour closingIdle(IdleTimeout timeout) {
		Duration after = timeout.after();
		return new Behaviour(this.answer, timeout,
				"keepalive_timeout %dms; %s".formatted(after.toMillis(), this.directives), this.files);
	}

}
