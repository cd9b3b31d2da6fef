package dev.tidepool.async;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where a request body is written to, and whose end somebody wants to know of.
 */
final class RequestOutput implements DataStreamChannel {

	private final DataStreamChannel channel;

	private final Runnable afterEnd;

	RequestOutput(DataStreamChannel channel, Runnable afterEnd) {
		this.channel = channel;
		this.afterEnd = afterEnd;
	}

	@Override
	public void requestOutput() {
		this.channel.requestOutput();
	}

	@Override
	public int write(ByteBuffer bytes) throws IOException {
		return this.channel.write(bytes);
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
