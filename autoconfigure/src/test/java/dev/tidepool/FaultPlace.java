package dev.tidepool;

import java.util.Arrays;
import java.util.List;

import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.FaultCase.Transport;

/**
 * Where a fault is met.
 *
 * @param client through which client
 * @param transport on what kind of connection
 */
record FaultPlace(Client client, Transport transport) {

	static List<FaultPlace> all() {
		return Arrays.stream(Client.values())
			.flatMap(
					(client) -> Arrays.stream(Transport.values()).map((transport) -> new FaultPlace(client, transport)))
			.toList();
	}

	/**
	 * Whether a client's or a transport's name says this place.
	 */
	boolean isAt(String name) {
		return name.equals(this.client.toString()) || name.equals(this.transport.toString());
	}

	@Override
	public String toString() {
		return this.client + ", " + this.transport;
	}

}
