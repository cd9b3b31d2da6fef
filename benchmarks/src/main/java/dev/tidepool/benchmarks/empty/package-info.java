/**
 * An application that does nothing, in a package of its own: some of Boot's starters read
 * all classes of the application's package.
 */
@NullMarked
package dev.tidepool.benchmarks.empty;

import org.jspecify.annotations.NullMarked;
