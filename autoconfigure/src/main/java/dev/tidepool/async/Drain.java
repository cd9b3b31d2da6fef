package dev.tidepool.async;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.policy.DrainSettings;
import dev.tidepool.policy.Durations;

/**
 * Reads on a body that nobody wants, as long as that is cheap, and else gives the
 * connection up.
 */
final class Drain implements AsyncDataConsumer {

	private final AsyncConnection connection;

	private final Call call;

	private final long maxSize;

	private long drained;

	private boolean over;

	/**
	 * Start to read on, or give up at once.
	 * @param connection the connection
	 * @param call whose response it is
	 * @param contentLength what its head says, negative if nothing
	 */
	Drain(@Nullable AsyncConnection connection, Call call, long contentLength) {
		this(connection, call, contentLength, 0);
	}

	/**
	 * Start to read on, or give up at once.
	 * @param connection the connection
	 * @param call whose response it is
	 * @param contentLength what its head says, negative if nothing
	 * @param read how much of it was read
	 */
	Drain(@Nullable AsyncConnection connection, Call call, long contentLength, long read) {
		if (connection == null) {
			throw new IllegalStateException("The connection was given up");
		}
		this.connection = connection;
		this.call = call;
		DrainSettings settings = call.upstream().settings().drain();
		this.maxSize = settings.maxSize();
		if (settings.isWorthStarting(contentLength, read)) {
			connection.deadline().starts(Phase.DRAIN, Durations.toNanos(settings.maxTime()), call.deadline());
		}
		else {
			giveUp();
		}
	}

	/**
	 * Whether it has ended, one way or the other.
	 * @return whether nothing more is read
	 */
	boolean isOver() {
		return this.over;
	}

	private void giveUp() {
		if (!this.over) {
			this.over = true;
			this.call.upstream().stats().drained(DrainOutcome.GIVEN_UP);
			this.connection.giveUp(CloseReason.UNREAD_RESPONSE);
		}
	}

	@Override
	public void updateCapacity(CapacityChannel channel) throws IOException {
		channel.update(Integer.MAX_VALUE);
	}

	@Override
	public void consume(ByteBuffer bytes) {
		this.drained += bytes.remaining();
		bytes.position(bytes.limit());
		if (this.drained > this.maxSize) {
			giveUp();
		}
	}

	@Override
	public void streamEnd(@Nullable List<? extends Header> trailers) {
		if (!this.over && this.connection.deadline().ends()) {
			this.over = true;
			this.call.upstream().stats().drained(DrainOutcome.DRAINED);
		}
	}

	@Override
	public void releaseResources() {
		// Lost, or too late
		giveUp();
	}

}
