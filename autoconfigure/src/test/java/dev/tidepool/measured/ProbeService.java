package dev.tidepool.measured;

import java.net.URI;

import org.springframework.web.service.annotation.GetExchange;

/**
 * The HTTP service of each group.
 */
interface ProbeService {

	@GetExchange
	String get(URI uri);

}
