package dev.tidepool.zoo;

import java.net.InetSocketAddress;
import java.time.Duration;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.BlockingHandler;

/**
 * An Undertow.
 */
final class UndertowUpstream extends EmbeddedUpstream {

	private Undertow undertow;

	UndertowUpstream(Duration keepAlive) {
		super(keepAlive);
	}

	@Override
	protected int open(int port, Duration keepAlive) {
		Undertow.Builder builder = Undertow.builder()
			.setIoThreads(1)
			.addHttpListener(port, ADDRESS, new BlockingHandler((exchange) -> {
				arrived(exchange.getRequestHeaders().getFirst(ID));
				exchange.getInputStream().readAllBytes();
				exchange.getResponseSender().send(BODY);
			}));
		if (keepAlive != null) {
			builder.setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, (int) keepAlive.toMillis());
		}
		this.undertow = builder.build();
		this.undertow.start();
		return ((InetSocketAddress) this.undertow.getListenerInfo().get(0).getAddress()).getPort();
	}

	@Override
	protected void shutDown() {
		this.undertow.stop();
	}

}
