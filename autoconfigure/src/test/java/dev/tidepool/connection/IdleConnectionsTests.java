package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.List;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import dev.tidepool.policy.ReuseOrder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IdleConnections}.
 */
class IdleConnectionsTests {

	private final IdleConnections<String, FakeConnection> idle = new IdleConnections<>(ReuseOrder.LIFO, () -> 0);

	private final List<FakeConnection> disposed = new ArrayList<>();

	private final FakeConnection first = new FakeConnection();

	private final FakeConnection second = new FakeConnection();

	@Test
	void thereIsNoneOfAnUnknownDestination() {
		this.idle.put("orders", this.first);
		assertThat(this.idle.take("stock", false)).isNull();
		assertThat(this.idle.size()).isOne();
	}

	@Test
	void lastOneIsTakenFirst() {
		putBoth(this.idle);
		assertThat(this.idle.take("orders", false)).isSameAs(this.second);
		assertThat(this.idle.take("orders", false)).isSameAs(this.first);
		assertThat(this.idle.take("orders", false)).isNull();
	}

	@Test
	void firstOneIsTakenFirst() {
		IdleConnections<String, FakeConnection> fifo = new IdleConnections<>(ReuseOrder.FIFO, () -> 0);
		putBoth(fifo);
		assertThat(fifo.take("orders", false)).isSameAs(this.first);
		assertThat(fifo.take("orders", false)).isSameAs(this.second);
	}

	@Test
	void whatCanCarryNoRequestIsLetGoOnTheWay() {
		putBoth(this.idle);
		this.second.dead = true;
		assertThat(this.idle.take("orders", false)).isSameAs(this.first);
		assertThat(this.disposed).containsExactly(this.second);
	}

	@Test
	void thereIsNoneWhenAllAreDead() {
		putBoth(this.idle);
		this.first.dead = true;
		this.second.dead = true;
		assertThat(this.idle.take("orders", false)).isNull();
		assertThat(this.disposed).containsExactly(this.second, this.first);
		assertThat(this.idle.size()).isZero();
	}

	@Test
	void onlyWhatHasToLeaveIsRemoved() {
		putBoth(this.idle);
		this.first.closing = true;
		this.idle.removeClosing();
		assertThat(this.disposed).containsExactly(this.first);
		assertThat(this.idle.take("orders", false)).isSameAs(this.second);
	}

	@Test
	void destinationIsForgottenWithItsLastConnectionAndMayComeBack() {
		this.idle.put("orders", this.first);
		this.first.closing = true;
		this.idle.removeClosing();
		assertThat(this.idle).extracting("shelves").asInstanceOf(InstanceOfAssertFactories.MAP).isEmpty();
		this.idle.put("orders", this.second);
		assertThat(this.idle.take("orders", false)).isSameAs(this.second);
	}

	private void putBoth(IdleConnections<String, FakeConnection> idle) {
		idle.put("orders", this.first);
		idle.put("orders", this.second);
	}

	private final class FakeConnection implements Pooled {

		private boolean dead;

		private boolean closing;

		@Override
		public boolean lease(long now, boolean oneTry) {
			return !this.dead;
		}

		@Override
		public boolean isClosing() {
			return this.closing;
		}

		@Override
		public void dispose() {
			IdleConnectionsTests.this.disposed.add(this);
		}

	}

}
