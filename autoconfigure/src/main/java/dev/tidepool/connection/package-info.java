/**
 * What is known of each connection and of each upstream, and the thread that closes what
 * has aged.
 * <p>
 * Internal: not part of the public API, public only where Java needs it.
 */
@NullMarked
package dev.tidepool.connection;

import org.jspecify.annotations.NullMarked;
