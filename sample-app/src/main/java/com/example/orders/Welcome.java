package com.example.orders;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Says where the application listens, and what to open, in the log and at {@code /}.
 */
@Component
class Welcome {

	private static final Log logger = LogFactory.getLog(Welcome.class);

	@EventListener
	void ready(ApplicationReadyEvent event) {
		String port = event.getApplicationContext().getEnvironment().getRequiredProperty("local.server.port");
		logger.info(text("http://localhost:" + port));
	}

	static String text(String url) {
		return """
				The order service listens on %1$s

				  Place an order:
				    curl -H 'Content-Type: application/json' -d '{"sku":"compass","quantity":2}' %1$s/orders
				  Ask carriers what its delivery would cost, all at the same time, for 300 ms at most:
				    curl -H 'Content-Type: application/json' \\
				      -d '{"sku":"compass","quantity":2,"carriers":["swift","snail","owl"]}' %1$s/quotes
				  Watch the stock of something as it changes:
				    curl -N %1$s/stock/compass
				  Ask an upstream through a proxy that streams (not with the profile webflux):
				    curl %1$s/proxy/inventory/stock/compass
				  What the connections to the upstreams do, on a page:
				    %1$s/actuator/tidepooldashboard
				  The same as data, and all meters:
				    %1$s/actuator/tidepool
				    %1$s/actuator/metrics/tidepool.connections
				    %1$s/actuator/prometheus
				  Failures with plain Boot and with Tidepool, side by side:
				    %1$s/lab
				  Faults to try, and what is seen of each: docs/faults-to-try.md
				""".formatted(url);
	}

}
