package dev.tidepool.connections;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;

import dev.tidepool.classic.ClassicPool;
import dev.tidepool.classic.PoolAccess;
import dev.tidepool.connection.Canaries;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.IdleSweep;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.NginxServer;
import dev.tidepool.testsupport.TestTls;

/**
 * A connection to nginx that was made ahead of its first request, on which the session
 * tickets of TLS 1.3 are waiting, and sweeps that look at it.
 */
final class WarmedScenario {

	private static final int SWEEPS = 10;

	private WarmedScenario() {
	}

	static Result run() throws Exception {
		try (NginxServer nginx = NginxServer.startOnPorts(Duration.ofMinutes(1), 1, "first")) {
			return Side.TIDEPOOL.run((context) -> run(context, nginx), TestTls.trustProperty("own", "first"),
					"tidepool.ssl.bundle=own");
		}
	}

	private static Result run(ApplicationContext context, NginxServer nginx) throws Exception {
		PoolAccess access = new PoolAccess(context.getBean(ClassicPool.class), nginx.url());
		ConnectionEndpoint endpoint = access.lease();
		access.connect(endpoint);
		ConnectionRecord connection = Side.stats(context).connections().iterator().next();
		Awaitility.await().until(() -> !connection.probe().isQuiet());
		access.release(endpoint);
		Upstreams upstreams = context.getBean(Upstreams.class);
		int survived = 0;
		boolean[] leaves = new boolean[1];
		IdleSweep sweep = new IdleSweep(upstreams, new Canaries(), () -> leaves[0] = true);
		long now = upstreams.clock().nanoTime();
		for (int i = 0; i < SWEEPS; i++) {
			// Each so late that it looks again
			now += TimeUnit.SECONDS.toNanos(1);
			sweep.sweep(now);
			if (!leaves[0] && connection.state() == State.IDLE) {
				survived++;
			}
		}
		boolean quiet = connection.probe().isQuiet();
		access.client().post().uri(nginx.url()).body("body").retrieve().toBodilessEntity();
		// Written down after the response was sent
		Awaitility.await().until(() -> !nginx.requests().isEmpty());
		return new Result(survived, quiet, nginx.requests().size(), (int) Side.stats(context).created());
	}

	/**
	 * What was measured.
	 *
	 * @param survived the sweeps that the connection survived
	 * @param ticketsRead whether nothing was waiting on it any more
	 * @param requests the requests that nginx saw
	 * @param connections the connections that were made
	 */
	record Result(int survived, boolean ticketsRead, int requests, int connections) {

	}

}
