package dev.tidepool.call;

import org.apache.hc.client5.http.HttpRoute;

import dev.tidepool.connection.Upstream;

/**
 * What calls can share connections by.
 *
 * @param upstream where to
 * @param partition for whom
 * @param route by which way, the local address included
 */
public record Destination(Upstream upstream, Partition partition, HttpRoute route) {

	/**
	 * Where a call goes.
	 * @param call the call
	 * @param route its way
	 * @return its destination
	 */
	public static Destination of(Call call, HttpRoute route) {
		return new Destination(call.upstream(), call.partition(), route);
	}

	/**
	 * Without the route, of which there is hardly more than one for an upstream.
	 */
	@Override
	public int hashCode() {
		return 31 * this.upstream.hashCode() + this.partition.hashCode();
	}

}
