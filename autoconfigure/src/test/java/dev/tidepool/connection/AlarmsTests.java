package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AlarmsTests {

	private final Alarms alarms = new Alarms();

	private final List<String> done = new ArrayList<>();

	@ParameterizedTest
	@ValueSource(longs = { 0, -5, Long.MAX_VALUE - 2 })
	void whatIsDueIsDoneInTheOrderOfTime(long now) {
		add(now + 3, "third");
		add(now + 1, "first");
		add(now + 1, "second");
		assertThat(this.alarms.ring(now)).isOne();
		assertThat(this.done).isEmpty();
		assertThat(this.alarms.ring(now + 1)).isEqualTo(2);
		assertThat(this.done).containsExactly("first", "second");
		assertThat(this.alarms.ring(now + 10)).isEqualTo(Alarms.FAR);
		assertThat(this.done).containsExactly("first", "second", "third");
		assertThat(this.alarms.pending()).isZero();
	}

	@Test
	void whatIsCancelledIsForgottenAndNotDone() {
		Alarm first = add(1, "first");
		Alarm second = add(1, "second");
		assertThat(first.cancel()).isTrue();
		assertThat(first.cancel()).isFalse();
		assertThat(this.alarms.pending()).isOne();
		this.alarms.ring(1);
		assertThat(this.done).containsExactly("second");
		assertThat(second.cancel()).isFalse();
	}

	@Test
	void whatFailsKeepsNothingFromBeingDone() {
		this.alarms.add(1, () -> {
			throw new IllegalStateException("broken");
		});
		add(2, "second");
		assertThat(this.alarms.ring(2)).isEqualTo(Alarms.FAR);
		assertThat(this.done).containsExactly("second");
		assertThat(this.alarms.pending()).isZero();
	}

	@Test
	void allIsDoneWhenThereIsNoLater() {
		add(100, "second");
		add(50, "first");
		this.alarms.ringAll();
		assertThat(this.done).containsExactly("first", "second");
		assertThat(this.alarms.pending()).isZero();
	}

	@RepeatedTest(5)
	void eachIsEitherDoneOrCancelled() throws Exception {
		AtomicInteger ran = new AtomicInteger();
		AtomicInteger cancelled = new AtomicInteger();
		List<Alarm> all = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			all.add(this.alarms.add(i % 50, ran::incrementAndGet));
		}
		Together.run(4, (number) -> (Callable<Long>) () -> {
			if (number == 0) {
				return this.alarms.ring(50);
			}
			for (int i = number - 1; i < all.size(); i += 3) {
				if (all.get(all.size() - 1 - i).cancel()) {
					cancelled.incrementAndGet();
				}
			}
			return 0L;
		});
		assertThat(ran.get() + cancelled.get()).isEqualTo(5000);
		assertThat(this.alarms.pending()).isZero();
	}

	private Alarm add(long due, String name) {
		return this.alarms.add(due, () -> this.done.add(name));
	}

}
