/**
 * The public API of Tidepool. Every other package is internal.
 */
@NullMarked
package dev.tidepool;

import org.jspecify.annotations.NullMarked;
