package com.example.upstreams;

import java.util.concurrent.TimeUnit;

import org.apache.catalina.connector.Connector;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * What makes a bad upstream, for those who ask for it: see docs/faults-to-try.md.
 */
@RestController
@RequestMapping("/misbehaving")
class Misbehaviour {

	private static final int SLOW_MILLIS = 500;

	private static final int LARGE = 1024 * 1024;

	private static final String KEEP_ALIVE_TIMEOUT = "keepAliveTimeout";

	private static final String KEEP_ALIVE_HEADER = "useKeepAliveResponseHeader";

	private final Connector connector;

	private final Object keepAliveTimeout;

	Misbehaviour(Connector connector) {
		this.connector = connector;
		this.keepAliveTimeout = connector.getProperty(KEEP_ALIVE_TIMEOUT);
	}

	@GetMapping("/slow")
	void slow() {
		Latency.millis(SLOW_MILLIS, SLOW_MILLIS);
	}

	@GetMapping("/large")
	byte[] large() {
		return new byte[LARGE];
	}

	@GetMapping("/failing")
	@ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
	void fail() {
	}

	/**
	 * Close idle connections at another time for a while, and do not tell it.
	 */
	@PutMapping("/keep-alive")
	void changeKeepAlive(@RequestParam int millis, @RequestParam int seconds) {
		keepAlive(millis, false);
		this.connector.getService()
			.getServer()
			.getUtilityExecutor()
			.schedule(() -> keepAlive(this.keepAliveTimeout, true), seconds, TimeUnit.SECONDS);
	}

	private void keepAlive(Object millis, boolean announced) {
		this.connector.setProperty(KEEP_ALIVE_TIMEOUT, millis.toString());
		this.connector.setProperty(KEEP_ALIVE_HEADER, Boolean.toString(announced));
	}

}
