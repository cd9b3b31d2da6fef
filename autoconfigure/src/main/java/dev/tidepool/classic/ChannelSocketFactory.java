package dev.tidepool.classic;

import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;
import java.nio.channels.SocketChannel;

import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that belong to a {@link SocketChannel}. On a plain {@link Socket} one timed
 * operation leaves the descriptor non-blocking for good, so that each later read polls
 * first, and an interrupt does not end a read; a channel's socket has neither fault.
 */
final class ChannelSocketFactory implements DetachedSocketFactory {

	static final ChannelSocketFactory INSTANCE = new ChannelSocketFactory();

	private ChannelSocketFactory() {
	}

	@Override
	public Socket create(@Nullable Proxy socksProxy) throws IOException {
		return (socksProxy != null) ? new Socket(socksProxy) : SocketChannel.open().socket();
	}

}
