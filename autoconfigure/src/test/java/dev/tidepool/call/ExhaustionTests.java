package dev.tidepool.call;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;

import javax.net.ssl.SSLHandshakeException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.tidepool.call.Exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which failures to connect mean that this process ran out of something.
 */
class ExhaustionTests {

	@ParameterizedTest
	@MethodSource
	void descriptorsAreOut(IOException ex) {
		assertThat(Exhaustion.of(ex)).isEqualTo(Exhaustion.DESCRIPTORS);
	}

	static IOException[] descriptorsAreOut() {
		return new IOException[] { new SocketException("Too many open files"),
				new SocketException("Too many open files in system"), new IOException("Too many open files") };
	}

	@ParameterizedTest
	@MethodSource
	void portsAreOut(IOException ex) {
		assertThat(Exhaustion.of(ex)).isEqualTo(Exhaustion.PORTS);
	}

	static IOException[] portsAreOut() {
		return new IOException[] { new BindException("Cannot assign requested address"),
				new BindException("Address already in use"), new BindException() };
	}

	@ParameterizedTest
	@MethodSource
	void nothingIsOut(IOException ex) {
		assertThat(Exhaustion.of(ex)).isNull();
	}

	@ParameterizedTest
	@MethodSource("isOfSockets")
	void nothingElseIsTheReasonIfTheAddressCanBeReached(SocketException ex) {
		assertThat(Exhaustion.unlessUnreachable(ex, new InetSocketAddress("127.0.0.1", 80))).isSameAs(ex);
	}

	// Of a family that this machine lacks, say; a broadcast address needs no such machine
	@ParameterizedTest
	@MethodSource
	void nothingIsOutIfThereIsNoWayToTheAddress(Exception ex) {
		assertThat(Exhaustion.unlessUnreachable(ex, new InetSocketAddress("255.255.255.255", 80)))
			.isInstanceOf(NoRouteToHostException.class)
			.hasMessage("There is no way from this machine to 255.255.255.255")
			.hasCause(ex);
	}

	static SocketException[] isOfSockets() {
		return new SocketException[] { new BindException("Cannot assign requested address"),
				new SocketException("Too many open files") };
	}

	static Exception[] nothingIsOutIfThereIsNoWayToTheAddress() {
		return new Exception[] { new BindException("Cannot assign requested address"),
				new SocketException("Network is unreachable"), new UnsupportedAddressTypeException() };
	}

	static IOException[] nothingIsOut() {
		return new IOException[] { new ConnectException("Connection refused"), new NoRouteToHostException(),
				new UnknownHostException("orders.test"), new SocketException("Connection reset"), new SocketException(),
				new SSLHandshakeException("No trusted certificate found"), new IOException("Stream closed") };
	}

}
