package dev.tidepool.call;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which address of a name is tried last.
 */
class FailedAddressesTests {

	private long now = Long.MAX_VALUE - 10;

	private final FailedAddresses failed = new FailedAddresses(() -> this.now);

	private final InetSocketAddress one = address(1, 80);

	private final InetSocketAddress two = address(2, 80);

	private final InetSocketAddress three = address(3, 80);

	private final List<InetSocketAddress> all = List.of(this.one, this.two, this.three);

	@Test
	void addressesKeepTheirOrderAsLongAsNoneHasFailed() {
		assertThat(this.failed.last(this.all)).isSameAs(this.all);
	}

	@Test
	void addressThatFailedIsTriedLastForHalfAMinute() {
		this.failed.failed(this.one, this.all);
		assertThat(this.failed.last(this.all)).containsExactly(this.two, this.three, this.one);
		this.now += TimeUnit.SECONDS.toNanos(30) - 1;
		assertThat(this.failed.last(this.all)).containsExactly(this.two, this.three, this.one);
		this.now += 1;
		assertThat(this.failed.last(this.all)).isEqualTo(this.all);
		assertThat(this.failed.last(this.all)).isSameAs(this.all);
	}

	@Test
	void laterFailureStartsTheTimeAgain() {
		this.failed.failed(this.one, this.all);
		this.now += TimeUnit.SECONDS.toNanos(20);
		this.failed.failed(this.one, this.all);
		this.now += TimeUnit.SECONDS.toNanos(20);
		assertThat(this.failed.last(this.all)).containsExactly(this.two, this.three, this.one);
	}

	@Test
	void addressThatAnswersIsForgiven() {
		this.failed.failed(this.one, this.all);
		this.failed.failed(this.two, this.all);
		this.failed.connected(this.one);
		assertThat(this.failed.last(this.all)).containsExactly(this.one, this.three, this.two);
		this.failed.connected(this.two);
		assertThat(this.failed.last(this.all)).isSameAs(this.all);
	}

	@Test
	void addressesThatAllFailedKeepTheirOrder() {
		this.failed.failed(this.three, this.all);
		this.failed.failed(this.one, this.all);
		this.failed.failed(this.two, this.all);
		assertThat(this.failed.last(this.all)).isEqualTo(this.all);
	}

	@Test
	void anotherPortIsAnotherAddress() {
		this.failed.failed(this.one, this.all);
		List<InetSocketAddress> others = List.of(address(1, 81), address(2, 81));
		assertThat(this.failed.last(others)).isEqualTo(others);
	}

	@Test
	void onlyAddressOfItsNameIsNotRemembered() {
		this.failed.failed(this.one, List.of(this.one));
		assertThat(this.failed.last(this.all)).isSameAs(this.all);
	}

	@Test
	void oldestMakesRoomForTheLatest() {
		for (int port = 1; port <= FailedAddresses.MAX; port++) {
			this.failed.failed(address(1, port), this.all);
		}
		assertThat(this.failed.last(List.of(address(1, 1), this.two))).containsExactly(this.two, address(1, 1));
		this.failed.failed(this.three, this.all);
		assertThat(this.failed.last(List.of(address(1, 1), this.two))).containsExactly(address(1, 1), this.two);
		assertThat(this.failed.last(List.of(address(1, 2), this.two))).containsExactly(this.two, address(1, 2));
	}

	private static InetSocketAddress address(int last, int port) {
		try {
			return new InetSocketAddress(InetAddress.getByAddress(new byte[] { 127, 0, 0, (byte) last }), port);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
