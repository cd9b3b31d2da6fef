/**
 * Thin adaptors between HttpClient's blocking interfaces and our policies and records.
 * <p>
 * Internal: not part of the public API, public only where Java needs it.
 */
@NullMarked
package dev.tidepool.classic;

import org.jspecify.annotations.NullMarked;
