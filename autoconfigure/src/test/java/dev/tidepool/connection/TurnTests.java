package dev.tidepool.connection;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.tidepool.connection.ConnectionRecord.State;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for {@link Turn}: each move from each state. What happens when two move at once,
 * the tests of the record and the stress tests tell.
 */
class TurnTests {

	@ParameterizedTest(name = "{0}: from {2} to {3}")
	@MethodSource
	void moveSucceedsOnlyFromWhereItStarts(String name, Consumer<Turn> move, Set<State> from, State to) {
		// What waits out a look would wait for ever
		boolean waits = Set.of("lease", "giveBack", "take").contains(name);
		for (State state : State.values()) {
			if (state != State.LOOKED_AT || !waits) {
				Turn turn = in(state);
				move.accept(turn);
				assertThat(turn.state()).as("from %s", state).isEqualTo(from.contains(state) ? to : state);
			}
		}
	}

	static Stream<Arguments> moveSucceedsOnlyFromWhereItStarts() {
		return Stream.of(move("lease", Turn::lease, State.ACTIVE, State.IDLE),
				move("giveBack", Turn::giveBack, State.IDLE, State.ACTIVE),
				move("leave", Turn::leave, State.IDLE, State.ACTIVE),
				move("take", Turn::take, State.LOOKED_AT, State.IDLE),
				move("takeIfFree", Turn::takeIfFree, State.LOOKED_AT, State.IDLE),
				move("putBack", Turn::putBack, State.IDLE, State.LOOKED_AT),
				move("takeFromCaller", Turn::takeFromCaller, State.LOOKED_AT, State.ACTIVE),
				move("returnToCaller", Turn::returnToCaller, State.ACTIVE, State.LOOKED_AT),
				move("watch", Turn::watch, State.CANARY, State.IDLE, State.ACTIVE),
				move("end", Turn::end, State.CLOSED, State.values()));
	}

	@ParameterizedTest
	@EnumSource
	void endTellsWhatTheConnectionWas(State state) {
		assertThat(in(state).end()).isEqualTo(state);
	}

	@Test
	void connectionIsIdleUntilSomebodyHasIt() {
		assertThat(State.values()).filteredOn((state) -> in(state).isIdle())
			.containsExactly(State.IDLE, State.LOOKED_AT);
	}

	private static Turn in(State state) {
		Turn turn = new Turn();
		switch (state) {
			case ACTIVE -> {
			}
			case IDLE -> turn.giveBack();
			case LOOKED_AT -> turn.takeFromCaller();
			case CANARY -> turn.watch();
			case CLOSED -> turn.end();
		}
		assertThat(turn.state()).isEqualTo(state);
		return turn;
	}

	private static Arguments move(String name, Consumer<Turn> move, State to, State... from) {
		return arguments(name, move, EnumSet.of(from[0], from), to);
	}

}
