/**
 * What a call costs on Tidepool, beside other ways to make it, how that grows, and how
 * long the slowest take. Not part of the tests, and not published.
 */
@NullMarked
package dev.tidepool.benchmarks;

import org.jspecify.annotations.NullMarked;
