package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.PhaseDeadline;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.policy.Durations;

/**
 * A response body as it comes off the connection, below decompression. Bounds each wait
 * for more of it; closed early, reads on while that is cheap, and else gives the
 * connection up, so that whoever closes after it finds nothing to wait for.
 */
final class BodyStream extends InputStream {

	private final InputStream in;

	private final long contentLength;

	private final RecordedConnection connection;

	private final Call call;

	private final long timeout;

	private long read;

	private boolean ended;

	BodyStream(InputStream in, long contentLength, RecordedConnection connection, Call call, long timeout) {
		this.in = in;
		this.contentLength = contentLength;
		this.connection = connection;
		this.call = call;
		this.timeout = timeout;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		if (this.ended) {
			return -1;
		}
		PhaseDeadline deadline = this.connection.deadline();
		deadline.starts(Phase.READ, this.timeout, this.call.deadline());
		int count;
		try {
			count = this.in.read(buffer, offset, length);
		}
		catch (IOException ex) {
			throw failed(ex);
		}
		if (!deadline.ends()) {
			throw failed(new IOException("The connection was given up"));
		}
		if (count < 0) {
			this.ended = true;
		}
		else {
			this.read += count;
		}
		return count;
	}

	boolean isBegun() {
		return this.read > 0;
	}

	private IOException failed(IOException ex) {
		this.ended = true;
		boolean expired = this.connection.deadline().isExpired();
		this.connection.closing(expired ? CloseReason.DEADLINE : CloseReason.ERROR);
		this.connection.deadline().ends();
		return Failures.describeBody(ex, this.call, this.connection.deadline());
	}

	@Override
	public int available() throws IOException {
		return this.ended ? 0 : this.in.available();
	}

	@Override
	public void close() throws IOException {
		// Readers of a known length stop at it, without asking for the end
		boolean complete = this.ended || this.read == this.contentLength;
		this.ended = true;
		if (!complete) {
			boolean drained = drain();
			this.call.upstream().stats().drained(drained ? DrainOutcome.DRAINED : DrainOutcome.GIVEN_UP);
			if (!drained) {
				this.connection.giveUp(CloseReason.UNREAD_RESPONSE);
			}
		}
		if (this.connection.isOpen()) {
			this.in.close();
		}
	}

	private boolean drain() {
		var settings = this.call.upstream().settings().drain();
		if (!settings.isWorthStarting(this.contentLength, this.read)) {
			return false;
		}
		PhaseDeadline deadline = this.connection.deadline();
		deadline.starts(Phase.DRAIN, Durations.toNanos(settings.maxTime()), this.call.deadline());
		byte[] buffer = new byte[4096];
		long drained = 0;
		try {
			for (int count = 0; count >= 0; count = this.in.read(buffer)) {
				drained += count;
				if (drained > settings.maxSize()) {
					return false;
				}
			}
		}
		catch (IOException ex) {
			return false;
		}
		finally {
			deadline.ends();
		}
		return !deadline.isExpired();
	}

}
