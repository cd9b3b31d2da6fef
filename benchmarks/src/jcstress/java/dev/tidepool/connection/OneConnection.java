package dev.tidepool.connection;

/**
 * A connection that has served a request and is idle, the only one of its upstream, so
 * that what is counted can be told for each repetition of a test.
 */
final class OneConnection {

	final FakePool pool = new FakePool();

	final FakeProbe probe = new FakeProbe();

	final ConnectionRecord record = this.pool.idle(this.probe, 1);

	OneConnection() {
		// Long enough ago that a lease looks at it
		this.pool.pass(10);
	}

	/**
	 * Have it be too old to be used, as a sweep has noted.
	 */
	void ages() {
		this.record.sweep(this.pool.pass(4000), Long.MAX_VALUE);
	}

	/**
	 * How often it was counted as closed, and whether the sockets that are left agree.
	 * @return the closes, negative if a socket was counted wrongly
	 */
	int closes() {
		long closes = 0;
		for (CloseReason reason : CloseReason.values()) {
			closes += this.pool.upstream().stats().closed(reason);
		}
		boolean agrees = this.pool.upstream().sockets().count() + closes == 1
				&& this.pool.upstream().stats().connections().size() + closes == 1;
		return agrees ? (int) closes : -1;
	}

}
