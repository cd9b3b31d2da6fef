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
	 */
	static List<Experiment> all() {
		// Idle for so long, HttpClient looks at a connection before it uses it
		IdleTimeout idleTimeout = new IdleTimeout(Duration.ofSeconds(2), Duration.ofMillis(200));
		return List.of(new ClientPerRequest(200), new SmallPool(10), new UnreadBodies(5, 4 * 1024 * 1024),
				new EndlessBodies(Duration.ofSeconds(3)), new KeepAliveRace(HttpMethod.GET, idleTimeout, 4),
				new KeepAliveRace(HttpMethod.POST, idleTimeout, 4), new FanOut(Duration.ofSeconds(1)),
				new ProxyLoop(Duration.ofSeconds(2)), new CertificateRotation(10));
	}

}
