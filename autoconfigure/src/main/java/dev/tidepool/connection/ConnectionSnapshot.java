package dev.tidepool.connection;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

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
public record ConnectionSnapshot(UpstreamKey upstream, ConnectionRecord.State state, Duration age,
		@Nullable Duration idle, int requests) {

}
