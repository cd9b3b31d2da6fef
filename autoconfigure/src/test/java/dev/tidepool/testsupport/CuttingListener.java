package dev.tidepool.testsupport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;

/**
 * The listener of a TLS server that cuts off handshakes when it is told to.
 */
public final class CuttingListener extends ServerSocket {

	private final SSLContext context;

	private final HandshakeCut cut;

	private final AtomicInteger left = new AtomicInteger();

	private final AtomicInteger cuts = new AtomicInteger();

	/**
	 * Create a listener, which is not bound yet.
	 * @param context the key material of the server
	 * @param cut how it ends a handshake
	 */
	public CuttingListener(SSLContext context, HandshakeCut cut) throws IOException {
		this.context = context;
		this.cut = cut;
	}

	@Override
	public Socket accept() throws IOException {
		while (true) {
			Socket socket = super.accept();
			if (this.left.getAndUpdate((left) -> Math.max(0, left - 1)) == 0) {
				return this.context.getSocketFactory()
					.createSocket(socket, new ByteArrayInputStream(new byte[0]), true);
			}
			this.cuts.incrementAndGet();
			try {
				this.cut.cut(socket, this.context);
			}
			catch (IOException ex) {
				// The client went away first
			}
		}
	}

	/**
	 * How many handshakes were cut off so far.
	 */
	public int cuts() {
		return this.cuts.get();
	}

	/**
	 * Cut off the next handshakes, and then no more.
	 * @param times how many
	 */
	public void cutOff(int times) {
		this.left.set(times);
	}

}
