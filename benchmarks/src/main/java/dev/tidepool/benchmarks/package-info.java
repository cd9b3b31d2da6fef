/**
 * What a call costs on Tidepool, beside other ways to make it. Not part of the tests, and
 * not published.
 */
@NullMarked
package dev.tidepool.benchmarks;

import org.jspecify.annotations.NullMarked;
