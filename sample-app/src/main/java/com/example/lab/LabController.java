package com.example.lab;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The lab on a page, and as JSON.
 */
@RestController
final class LabController {

	// Nothing from elsewhere, and no script but the page's own file
	private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
			+ "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private final LabRuns runs;

	LabController(LabRuns runs) {
		this.runs = runs;
	}

	@GetMapping("/lab")
	ResponseEntity<Resource> page() {
		return file("index.html", "text/html;charset=UTF-8");
	}

	@GetMapping("/lab/lab.js")
	ResponseEntity<Resource> script() {
		return file("lab.js", "text/javascript;charset=UTF-8");
	}

	@GetMapping("/lab/lab.css")
	ResponseEntity<Resource> style() {
		return file("lab.css", "text/css;charset=UTF-8");
	}

	@GetMapping("/lab/results")
	LabRuns.State results() {
		return this.runs.state();
	}

	@PostMapping("/lab/runs")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void start() {
		if (!this.runs.start()) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "One at a time: " + this.runs.state().progress());
		}
	}

	private static ResponseEntity<Resource> file(String name, String type) {
		return ResponseEntity.ok()
			.contentType(MediaType.parseMediaType(type))
			.cacheControl(CacheControl.noCache())
			.header("Content-Security-Policy", POLICY)
			.body(new ClassPathResource("page/" + name, LabController.class));
	}

}
