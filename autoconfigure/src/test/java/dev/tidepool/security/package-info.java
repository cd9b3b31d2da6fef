/**
 * What {@code docs/security.md} says of the application as a whole.
 */
package dev.tidepool.security;
