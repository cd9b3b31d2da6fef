/**
 * From properties to settings to clients: Spring beans and failure analysis.
 * <p>
 * Internal: not part of the public API, public only where Java needs it.
 */
@NullMarked
package dev.tidepool.autoconfigure;

import org.jspecify.annotations.NullMarked;
