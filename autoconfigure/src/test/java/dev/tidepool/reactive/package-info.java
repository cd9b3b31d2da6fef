/**
 * The reactive client where callers differ from threads: they cancel at any point, ask
 * for as much as they want, and must never be blocked.
 */
package dev.tidepool.reactive;
