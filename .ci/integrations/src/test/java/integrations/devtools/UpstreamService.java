package integrations.devtools;

import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.service.annotation.PostExchange;

/**
 * Who is told of each life of the application.
 */
interface UpstreamService {

	@PostExchange("/report")
	void report(@RequestHeader("X-Loader") String loader, @RequestHeader("X-Threads") String threads);

}
