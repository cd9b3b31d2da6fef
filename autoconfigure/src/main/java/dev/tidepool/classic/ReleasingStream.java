package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;

import org.apache.hc.client5.http.classic.ExecRuntime;

/**
 * A response body that gives its connection back when it was read or is closed.
 */
final class ReleasingStream extends InputStream {

	private final InputStream in;

	private final ExecRuntime runtime;

	private boolean over;

	private boolean closed;

	/**
	 * Create a body.
	 * @param in what is read, drained when it is closed
	 * @param runtime has the connection
	 */
	ReleasingStream(InputStream in, ExecRuntime runtime) {
		this.in = in;
		this.runtime = runtime;
	}

	@Override
	public int read() throws IOException {
		if (isOver()) {
			return -1;
		}
		try {
			return checkEnd(this.in.read());
		}
		catch (IOException ex) {
			giveUp();
			throw ex;
		}
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		if (isOver()) {
			return -1;
		}
		try {
			return checkEnd(this.in.read(buffer, offset, length));
		}
		catch (IOException ex) {
			giveUp();
			throw ex;
		}
	}

	private boolean isOver() throws IOException {
		if (this.closed) {
			throw new IOException("The response body was closed");
		}
		return this.over;
	}

	private int checkEnd(int read) throws IOException {
		if (read < 0) {
			release();
		}
		return read;
	}

	@Override
	public int available() throws IOException {
		return isOver() ? 0 : this.in.available();
	}

	@Override
	public void close() throws IOException {
		boolean open = !this.over && this.runtime.isEndpointAcquired();
		this.closed = true;
		try {
			release();
		}
		catch (SocketException ex) {
			if (open) {
				throw ex;
			}
		}
	}

	private void release() throws IOException {
		if (this.over) {
			return;
		}
		this.over = true;
		try {
			this.in.close();
			this.runtime.releaseEndpoint();
		}
		finally {
			this.runtime.discardEndpoint();
		}
	}

	// Ends the connection in order, if it has an end yet
	private void giveUp() throws IOException {
		this.over = true;
		try {
			if (this.runtime.isEndpointConnected()) {
				this.runtime.disconnectEndpoint();
			}
		}
		finally {
			this.runtime.discardEndpoint();
		}
	}

}
