package dev.tidepool.call;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Addresses}.
 */
class AddressesTests {

	private static final InetSocketAddress ONE = new InetSocketAddress("127.0.0.1", 80);

	private static final InetSocketAddress TWO = new InetSocketAddress("127.0.0.2", 80);

	private static final InetSocketAddress THREE = new InetSocketAddress("127.0.0.3", 80);

	private final FailedAddresses failed = new FailedAddresses(() -> 0);

	private final Addresses addresses = addresses();

	private final IOException first = new ConnectException("Refused");

	@Test
	void eachHasItsTurnAndLeavesAsMuchTimeToThoseThatFollow() {
		assertTurn(ONE, 30, false);
		this.addresses.next(this.first);
		assertTurn(TWO, 45, false);
		this.addresses.next(this.first);
		assertTurn(THREE, 90, true);
	}

	private void assertTurn(InetSocketAddress address, long share, boolean last) {
		assertThat(this.addresses.current()).isEqualTo(address);
		assertThat(this.addresses.share(90)).isEqualTo(share);
		assertThat(this.addresses.isLast()).isEqualTo(last);
	}

	@Test
	void oneThatWasLostComesLastForTheNextUntilItGivesAConnection() {
		this.addresses.isLost();
		this.addresses.next(this.first);
		this.addresses.isConnected();
		assertThat(this.addresses.all()).containsExactly(ONE, TWO, THREE);
		Addresses ofNext = addresses();
		assertThat(ofNext.all()).containsExactly(TWO, THREE, ONE);
		ofNext.next(this.first);
		ofNext.next(this.first);
		ofNext.isConnected();
		assertThat(addresses().all()).containsExactly(ONE, TWO, THREE);
	}

	@Test
	void lastFailureTellsMost() {
		this.addresses.next(this.first);
		IOException last = new ConnectException("Refused too");
		assertThat(this.addresses.mostTelling(last)).isSameAs(last);
	}

	@ParameterizedTest
	@ValueSource(classes = { BindException.class, NoRouteToHostException.class })
	void failureOfAnAddressWithoutAWayToItTellsLessThanTheFirst(Class<? extends IOException> type) throws Exception {
		IOException last = type.getConstructor().newInstance();
		assertThat(this.addresses.mostTelling(last)).isSameAs(last);
		this.addresses.next(this.first);
		this.addresses.next(new ConnectException("Refused too"));
		assertThat(this.addresses.mostTelling(last)).isSameAs(this.first);
	}

	private Addresses addresses() {
		return new Addresses(List.of(ONE, TWO, THREE), this.failed);
	}

}
