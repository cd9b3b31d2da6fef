package dev.tidepool.classic;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;

import javax.net.ssl.SSLSession;

import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * What a connection leaves to HttpClient's own, which cannot be extended before 5.6.
 */
abstract class ForwardingConnection implements ManagedHttpClientConnection {

	private final ManagedHttpClientConnection connection;

	ForwardingConnection(ManagedHttpClientConnection connection) {
		this.connection = connection;
	}

	@Override
	public boolean isStale() throws IOException {
		return this.connection.isStale();
	}

	@Override
	public void activate() {
		this.connection.activate();
	}

	@Override
	public boolean isConsistent() {
		return this.connection.isConsistent();
	}

	@Override
	public boolean isDataAvailable(Timeout timeout) throws IOException {
		return this.connection.isDataAvailable(timeout);
	}

	@Override
	public @Nullable Socket getSocket() {
		return this.connection.getSocket();
	}

	@Override
	public @Nullable SSLSession getSSLSession() {
		return this.connection.getSSLSession();
	}

	@Override
	public boolean isOpen() {
		return this.connection.isOpen();
	}

	@Override
	public @Nullable EndpointDetails getEndpointDetails() {
		return this.connection.getEndpointDetails();
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		return this.connection.getLocalAddress();
	}

	@Override
	public @Nullable SocketAddress getRemoteAddress() {
		return this.connection.getRemoteAddress();
	}

	@Override
	public @Nullable ProtocolVersion getProtocolVersion() {
		return this.connection.getProtocolVersion();
	}

	@Override
	public Timeout getSocketTimeout() {
		return this.connection.getSocketTimeout();
	}

	@Override
	public void setSocketTimeout(Timeout timeout) {
		this.connection.setSocketTimeout(timeout);
	}

	@Override
	public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
		this.connection.sendRequestHeader(request);
	}

	@Override
	public String toString() {
		return this.connection.toString();
	}

}
