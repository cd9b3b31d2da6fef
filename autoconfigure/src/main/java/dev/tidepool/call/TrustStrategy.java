package dev.tidepool.call;

import java.util.Iterator;

import org.apache.hc.core5.http.ConnectionReuseStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.policy.KeepAlivePolicy;

/**
 * Whether a connection goes back to the pool after an exchange, and for how long it is
 * trusted there. The age is our policy's.
 */
public final class TrustStrategy implements ConnectionReuseStrategy {

	public static final TrustStrategy INSTANCE = new TrustStrategy();

	private TrustStrategy() {
	}

	@Override
	public boolean keepAlive(HttpRequest request, HttpResponse response, HttpContext context) {
		boolean persistent = Persistence.isPersistent(request, response, context);
		Call call = Call.of(context);
		ConnectionRecord connection = (call != null) ? call.connection() : null;
		if (call == null || connection == null) {
			// The proxy's answer to CONNECT
			return persistent;
		}
		KeepAlivePolicy policy = call.upstream().keepAlive();
		long trusted = persistent ? call.upstream().trustedNanos(headerNanos(policy, response)) : 0;
		if (trusted <= 0) {
			connection.closing(CloseReason.CONNECTION_CLOSE);
			return false;
		}
		connection.trust(trusted);
		return true;
	}

	private static long headerNanos(KeepAlivePolicy policy, HttpResponse response) {
		if (!policy.honorsHeader()) {
			return KeepAlivePolicy.NO_HEADER;
		}
		long smallest = KeepAlivePolicy.NO_HEADER;
		Iterator<Header> headers = response.headerIterator("Keep-Alive");
		while (headers.hasNext()) {
			long nanos = KeepAlivePolicy.headerNanos(headers.next().getValue());
			if (nanos != KeepAlivePolicy.NO_HEADER) {
				smallest = (smallest == KeepAlivePolicy.NO_HEADER) ? nanos : Math.min(smallest, nanos);
			}
		}
		return smallest;
	}

}
