package dev.tidepool.connection;

import org.junit.jupiter.api.Test;

import dev.tidepool.connection.Leaks.Place;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The places that are remembered.
 */
class LeaksTests {

	private final Leaks leaks = new Leaks();

	@Test
	void placeSeenLastComesFirst() {
		this.leaks.seen("A.a(1)");
		this.leaks.suspected("B.b(2)");
		this.leaks.seen("A.a(1)");
		assertThat(this.leaks.places()).containsExactly(new Place("A.a(1)", 2), new Place("B.b(2)", 1));
		assertThat(this.leaks.suspected()).isOne();
	}

	@Test
	void placeNotSeenForLongestIsForgotten() {
		for (int i = 0; i < Leaks.MAX_PLACES; i++) {
			this.leaks.seen("A.a(" + i + ")");
		}
		this.leaks.seen("A.a(0)");
		this.leaks.seen("B.b(1)");
		assertThat(this.leaks.places()).hasSize(Leaks.MAX_PLACES)
			.startsWith(new Place("B.b(1)", 1), new Place("A.a(0)", 2))
			.doesNotContain(new Place("A.a(1)", 1));
	}

	@Test
	void placeIsTheNearestFrameOfTheApplication() {
		LeaseOrigin origin = new LeaseOrigin();
		origin.setStackTrace(new StackTraceElement[] { frame("dev.tidepool.connection.Lease"),
				frame("org.apache.hc.client5.http.impl.classic.InternalHttpClient"),
				frame("org.springframework.web.client.DefaultRestClient"), frame("jdk.proxy2.$Proxy80"),
				frame("com.example.$Proxy81"), frame("com.example.Orders$$SpringCGLIB$$0"), frame("com.example.Orders"),
				frame("com.example.Main") });
		assertThat(origin.place()).isEqualTo("com.example.Orders.call(7)");
		assertThat(origin.trimmed().getStackTrace())
			.startsWith(frame("org.springframework.web.client.DefaultRestClient"));
	}

	@Test
	void placeOfAReactiveCallIsWhereItWasSubscribedTo() {
		LeaseOrigin origin = new LeaseOrigin();
		origin.setStackTrace(new StackTraceElement[] { frame("dev.tidepool.connection.Lease"),
				frame("dev.tidepool.async.Endpoint"), frame("dev.tidepool.call.Call"),
				frame("org.apache.hc.client5.http.impl.async.AsyncProtocolExec"),
				frame("dev.tidepool.async.AsyncClient"), frame("dev.tidepool.autoconfigure.PooledConnector"),
				frame("reactor.core.publisher.MonoCreate"), frame("org.springframework.web.reactive.function.client.X"),
				frame("com.example.Orders") });
		assertThat(origin.place()).isEqualTo("com.example.Orders.call(7)");
		assertThat(origin.trimmed().getStackTrace()).startsWith(frame("reactor.core.publisher.MonoCreate"));
	}

	@Test
	void placeWithoutAFrameOfTheApplicationIsTheNearestOfAll() {
		LeaseOrigin origin = new LeaseOrigin();
		origin.setStackTrace(new StackTraceElement[] { frame("dev.tidepool.connection.Lease"),
				frame("org.springframework.web.client.DefaultRestClient"), frame("java.lang.Thread") });
		assertThat(origin.place()).isEqualTo("org.springframework.web.client.DefaultRestClient.call(7)");
		origin.setStackTrace(new StackTraceElement[0]);
		assertThat(origin.place()).isEqualTo("unknown");
	}

	private static StackTraceElement frame(String type) {
		return new StackTraceElement(type, "call", null, 7);
	}

}
