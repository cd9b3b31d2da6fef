package com.example.orders;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Where the {@link ProxyController} passes requests to: a path below the base URL of a
 * configured upstream. The caller chooses one by its name, never a host, and cannot leave
 * the base URL.
 */
final class ProxyTargets {

	private final Map<String, URI> upstreams;

	ProxyTargets(Map<String, URI> upstreams) {
		this.upstreams = upstreams;
	}

	/**
	 * What a request for {@code /proxy/{upstream}/**} is passed to. Path and query are
	 * taken as they were sent, since decoding and encoding again would change some.
	 * @param upstream the name of the upstream
	 * @param request the request
	 * @return the URI
	 * @throws ResponseStatusException if there is no such upstream or no such path
	 */
	URI of(String upstream, HttpServletRequest request) {
		URI base = this.upstreams.get(upstream);
		if (base == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no upstream " + upstream);
		}
		// What follows the upstream: two names, and the slashes before them
		PathContainer path = ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication().subPath(4);
		if (path.elements().stream().anyMatch(ProxyTargets::leadsElsewhere)) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Not a plain path");
		}
		String query = (request.getQueryString() != null) ? "?" + request.getQueryString() : "";
		try {
			return new URI(base + path.value() + query);
		}
		catch (URISyntaxException ex) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Not a URI");
		}
	}

	// Upstreams differ in when they decode a path and cut off its parameters, so that one
	// or the other would go up from here
	private static boolean leadsElsewhere(PathContainer.Element element) {
		String name = (element instanceof PathSegment segment) ? segment.valueToMatch() : "";
		return name.equals(".") || name.equals("..") || name.contains("/") || name.contains("\\");
	}

}
