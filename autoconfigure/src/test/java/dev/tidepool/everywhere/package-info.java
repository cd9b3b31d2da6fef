/**
 * Where applications put the starter: what docs/integrations.md says of it.
 */
package dev.tidepool.everywhere;
