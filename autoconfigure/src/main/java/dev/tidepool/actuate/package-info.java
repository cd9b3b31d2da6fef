/**
 * What an operator sees: reads what the connection room knows, changes nothing.
 * <p>
 * Internal: not part of the public API, public only where Java needs it.
 */
@NullMarked
package dev.tidepool.actuate;

import org.jspecify.annotations.NullMarked;
