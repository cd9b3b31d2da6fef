package smoke;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=tidepool,health",
				"management.endpoint.tidepool.access=unrestricted", "management.endpoint.health.show-details=always",
				"tidepool.upstreams.echo.hosts=localhost" })
class SmokeTests {

	@Autowired
	private RestClient restClient;

	@Autowired
	private RestClient.Builder restClientBuilder;

	@Autowired
	private RestTemplateBuilder restTemplateBuilder;

	@Autowired
	private ClientHttpRequestFactoryBuilder<?> requestFactoryBuilder;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private Application application;

	@LocalServerPort
	private int port;

	@Test
	void everyClientSharesOneConnectionOnBoot40() {
		assertThat(SpringBootVersion.getVersion()).startsWith("4.0.");
		assertThat(this.requestFactoryBuilder.getClass().getName()).startsWith("dev.tidepool.");
		String url = "http://localhost:" + this.port + "/echo";
		assertThat(this.restClient.post().uri(url).body("a").retrieve().body(String.class)).isEqualTo("a");
		assertThat(this.restClientBuilder.build().post().uri(url).body("b").retrieve().body(String.class))
			.isEqualTo("b");
		assertThat(this.restTemplateBuilder.build().postForObject(url, "c", String.class)).isEqualTo("c");
		RestClient ownTimeouts = RestClient.builder()
			.requestFactory(this.requestFactoryBuilder.build(
					HttpClientSettings.defaults().withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1))))
			.build();
		assertThat(ownTimeouts.post().uri(url).body("d").retrieve().body(String.class)).isEqualTo("d");
		assertThat(this.application.clientPorts).hasSize(1);
		assertThat(this.meters.get("tidepool.connections.opened").functionCounter().count()).isOne();
	}

	@Test
	void endpointAndHealthShowThePoolOnBoot40() {
		String url = "http://localhost:" + this.port;
		this.restClient.post().uri(url + "/echo").body("a").retrieve().toBodilessEntity();
		RestClient actuator = RestClient.create(url + "/actuator");
		assertThat(actuator.get().uri("/tidepool").retrieve().body(String.class)).contains("\"name\":\"echo\"",
				"\"sweeper\":{");
		assertThat(actuator.get().uri("/tidepool/echo").retrieve().body(String.class))
			.contains("\"source\":\"default\"");
		assertThat(actuator.post()
			.uri("/tidepool/echo")
			.header("Content-Type", "application/json")
			.body("{\"maxPerUpstream\":0}")
			.<Integer>exchange((request, response) -> response.getStatusCode().value())).isEqualTo(400);
		assertThat(actuator.get().uri("/health").retrieve().body(String.class)).contains("\"tidepool\":{",
				"\"state\":\"ok\"");
	}

	@SpringBootApplication
	@RestController
	static class Application {

		private final Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();

		@PostMapping("/echo")
		String echo(@RequestBody String body, HttpServletRequest request) {
			this.clientPorts.add(request.getRemotePort());
			return body;
		}

	}

}
