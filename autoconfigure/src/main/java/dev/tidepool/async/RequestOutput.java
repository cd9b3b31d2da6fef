package dev.tidepool.async;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.util.List;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where a request body is written to, and whose end somebody wants to know of.
 */
final class RequestOutput implements DataStreamChannel {

	private static final int PIECE = 128 * 1024;

	private static final int AT_ONCE = 8 * PIECE;

	private final DataStreamChannel channel;

	private final Runnable afterEnd;

	private long written;

	RequestOutput(DataStreamChannel channel, Runnable afterEnd) {
		this.channel = channel;
		this.afterEnd = afterEnd;
	}

	long written() {
		return this.written;
	}

	@Override
	public void requestOutput() {
		try {
			this.channel.requestOutput();
		}
		catch (CancelledKeyException ex) {
			// The connection is gone, which its I/O thread tells; who asks is a publisher
		}
	}

	/**
	 * Write some of the bytes, in pieces: each write copies all that it is given into a
	 * direct buffer of that size, and goes on for as long as the peer reads, whatever
	 * else there is to do for the I/O thread.
	 */
	@Override
	public int write(ByteBuffer bytes) throws IOException {
		int start = bytes.position();
		int end = bytes.limit();
		int most = Math.min(end, start + AT_ONCE);
		try {
			for (boolean more = true; more && bytes.position() < most;) {
				bytes.limit(Math.min(most, bytes.position() + PIECE));
				this.channel.write(bytes);
				more = !bytes.hasRemaining();
			}
		}
		finally {
			bytes.limit(end);
		}
		int count = bytes.position() - start;
		this.written += count;
		return count;
	}

	@Override
	public void endStream() throws IOException {
		this.channel.endStream();
		this.afterEnd.run();
	}

	@Override
	public void endStream(@Nullable List<? extends Header> trailers) throws IOException {
		this.channel.endStream(trailers);
		this.afterEnd.run();
	}

}
