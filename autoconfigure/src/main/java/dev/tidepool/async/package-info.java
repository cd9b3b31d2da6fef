/**
 * Thin adaptors between HttpCore's I/O reactor, HttpClient's asynchronous chain and our
 * policies and records.
 * <p>
 * Internal: not part of the public API, public only where Java needs it.
 */
@NullMarked
package dev.tidepool.async;

import org.jspecify.annotations.NullMarked;
