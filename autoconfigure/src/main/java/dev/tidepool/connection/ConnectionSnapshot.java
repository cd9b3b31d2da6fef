package dev.tidepool.connection;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectionRecord.State;

/**
 * What is known of one connection at one moment.
 *
 * @param upstream where it leads
 * @param state what it does
 * @param age how long ago it was made
 * @param idle how long ago its last response was complete, {@code null} while a caller
 * holds it
 * @param requests requests that it has carried, or carries
 */
public record ConnectionSnapshot(UpstreamKey upstream, State state, Duration age, @Nullable Duration idle,
		int requests) {

	static ConnectionSnapshot of(ConnectionRecord connection, long now) {
		State state = connection.state();
		boolean idle = state != State.ACTIVE && state != State.CLOSED;
		return new ConnectionSnapshot(connection.upstream().key(), state.shown(), Duration.ofNanos(connection.age(now)),
				idle ? Duration.ofNanos(connection.idleNanos(now)) : null, connection.requests());
	}

}
