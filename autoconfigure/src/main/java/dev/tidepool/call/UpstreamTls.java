package dev.tidepool.call;

import dev.tidepool.policy.UpstreamSettings;

/**
 * The TLS identity that an upstream is called with, unless the caller brings its own.
 */
@FunctionalInterface
public interface UpstreamTls {

	TlsIdentity of(UpstreamSettings upstream);

}
