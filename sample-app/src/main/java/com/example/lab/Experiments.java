package com.example.lab;

import java.time.Duration;
import java.util.List;

import org.springframework.http.HttpMethod;

/**
 * What the lab has, in the order in which it is run.
 */
final class Experiments {

	private Experiments() {
	}

	/**
	 * All of them, of a length that lets the differences be seen.
	 * @param upstreams starts the upstreams of those that can do with any kind
	 */
	static List<Experiment> all(Upstreams upstreams) {
		// Idle for 2 s, HttpClient looks at a connection before it uses it. Before, it
		// misses even what is there; after that, only what is on its way
		IdleTimeout idleTimeout = upstreams.areNginx() ? new IdleTimeout(Duration.ofSeconds(1), Duration.ofSeconds(1))
				: new IdleTimeout(Duration.ofSeconds(2), Duration.ofMillis(200));
		return List.of(new ClientPerRequest(upstreams, 200), new SmallPool(upstreams, 10),
				new UnreadBodies(upstreams, 5, 4 * 1024 * 1024), new EndlessBodies(Duration.ofSeconds(3)),
				new KeepAliveRace(upstreams, HttpMethod.GET, idleTimeout, 4),
				new KeepAliveRace(upstreams, HttpMethod.POST, idleTimeout, 4), new FanOut(Duration.ofSeconds(1)),
				new ProxyLoop(Duration.ofSeconds(2)), new CertificateRotation(10));
	}

}
