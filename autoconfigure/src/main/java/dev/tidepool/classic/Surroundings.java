package dev.tidepool.classic;

import dev.tidepool.connection.Canaries;
import dev.tidepool.connection.DeadlineWatch;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.Sweeper;

/**
 * What all connections of a pool share.
 *
 * @param clock the monotonic clock
 * @param sweeper closes what may take time
 * @param deadlines ends what takes too long
 * @param canaries watches what has aged out
 * @param writability tells whether a connection can be closed in order
 */
record Surroundings(NanoClock clock, Sweeper sweeper, DeadlineWatch deadlines, Canaries canaries,
		Writability writability) {

}
