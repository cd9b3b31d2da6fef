package dev.tidepool.call;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two calls learn of the addresses of a name at once.
 */
public final class FailedAddressesStress {

	private static final List<InetSocketAddress> ADDRESSES = List.of(address(1), address(2));

	private FailedAddressesStress() {
	}

	private static InetSocketAddress address(int last) {
		try {
			return new InetSocketAddress(InetAddress.getByAddress(new byte[] { 10, 0, 0, (byte) last }), 80);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The first address fails for one call as another asks for the order.
	 */
	@JCStressTest
	@Outcome(id = { "1, 2", "2, 2" }, expect = Expect.ACCEPTABLE, desc = "not known yet, or tried last; and known then")
	@Outcome(expect = Expect.FORBIDDEN, desc = "an address was lost, or the failure")
	@State
	public static class Order {

		private final FailedAddresses failed = new FailedAddresses(() -> 0);

		@Actor
		public void fails() {
			this.failed.failed(ADDRESSES.get(0), ADDRESSES);
		}

		@Actor
		public void asks(II_Result result) {
			result.r1 = first(this.failed);
		}

		@Arbiter
		public void after(II_Result result) {
			result.r2 = first(this.failed);
		}

	}

	/**
	 * The second address fails for one call as the first, which had failed, gives another
	 * one a connection.
	 */
	@JCStressTest
	@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "forgiven, and the other is remembered")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the failure was lost, or what was forgiven remembered")
	@State
	public static class Forgiven {

		private final FailedAddresses failed = new FailedAddresses(() -> 0);

		public Forgiven() {
			this.failed.failed(ADDRESSES.get(0), ADDRESSES);
		}

		@Actor
		public void fails() {
			this.failed.failed(ADDRESSES.get(1), ADDRESSES);
		}

		@Actor
		public void connects() {
			this.failed.connected(ADDRESSES.get(0));
		}

		@Arbiter
		public void after(I_Result result) {
			// Neither the order of the name alone nor that of its reverse says it
			boolean last = this.failed.last(List.of(ADDRESSES.get(1), ADDRESSES.get(0))).get(0) == ADDRESSES.get(0);
			result.r1 = last ? first(this.failed) : -1;
		}

	}

	// The last byte of the address that is tried first
	private static int first(FailedAddresses failed) {
		List<InetSocketAddress> order = failed.last(ADDRESSES);
		return (order.size() == 2) ? order.get(0).getAddress().getAddress()[3] : -1;
	}

}
