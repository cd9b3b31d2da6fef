package dev.tidepool.autoconfigure;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.hc.client5.http.ConnectTimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.tidepool.AddressFilteredException;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Boot's own properties and settings keep their meaning, each for its caller.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class HttpClientSettingsTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TidepoolAutoConfiguration.class, HttpClientAutoConfiguration.class,
				RestClientAutoConfiguration.class, RestTemplateAutoConfiguration.class,
				HttpServiceClientPropertiesAutoConfiguration.class, HttpServiceClientAutoConfiguration.class));

	@Test
	void readTimeoutOfAllClientsBoundsTheWaitForTheResponse() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> end.await())) {
			this.contextRunner.withPropertyValues("spring.http.clients.read-timeout=200ms")
				.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> get(client(context), server.url()))
					.havingCause()
					.isInstanceOf(SocketTimeoutException.class)
					.withMessageContainingAll("200ms", "spring.http.clients.read-timeout"));
			// It may be read a moment after its caller gave up
			Awaitility.await().until(() -> server.requests() == 1);
			end.countDown();
		}
	}

	@Test
	void readTimeoutOfAllClientsBoundsSilenceInTheBody() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf");
			end.await();
		})) {
			this.contextRunner.withPropertyValues("spring.http.clients.read-timeout=200ms")
				.run((context) -> assertThatExceptionOfType(Exception.class)
					.isThrownBy(() -> get(client(context), server.url()))
					.havingRootCause()
					.isInstanceOf(SocketTimeoutException.class));
			// It may be read a moment after its caller gave up
			Awaitility.await().until(() -> server.requests() == 1);
			end.countDown();
		}
	}

	@Test
	void connectTimeoutOfAllClientsBoundsTheConnect() throws Exception {
		List<Socket> waiting = new ArrayList<>();
		try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			fillBacklog(deaf, waiting);
			this.contextRunner.withPropertyValues("spring.http.clients.connect-timeout=200ms")
				.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> get(client(context), "http://127.0.0.1:" + deaf.getLocalPort()))
					.havingCause()
					.isInstanceOf(ConnectTimeoutException.class)
					.withMessageContainingAll("200ms", "spring.http.clients.connect-timeout"));
		}
		finally {
			for (Socket socket : waiting) {
				socket.close();
			}
		}
	}

	@Test
	void readTimeoutOfAServiceGroupHoldsForThatGroupOnly() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			end.await();
			exchange.respond(200, "late");
		})) {
			this.contextRunner.withUserConfiguration(Groups.class)
				.withPropertyValues("spring.http.serviceclient.hasty.base-url=" + server.url(),
						"spring.http.serviceclient.hasty.read-timeout=200ms",
						"spring.http.serviceclient.patient.base-url=" + server.url(),
						"spring.http.serviceclient.patient.read-timeout=30s")
				.run((context) -> {
					PatientService patient = context.getBean(PatientService.class);
					CompletableFuture<String> answer = CompletableFuture.supplyAsync(patient::get);
					assertThatExceptionOfType(ResourceAccessException.class)
						.isThrownBy(context.getBean(HastyService.class)::get)
						.havingCause()
						.isInstanceOf(SocketTimeoutException.class)
						.withMessageContaining("200ms");
					assertThat(answer).isNotDone();
					end.countDown();
					assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("late");
				});
			Awaitility.await().until(() -> server.requests() == 2);
		}
	}

	@Test
	void readTimeoutOfARestTemplateHoldsForItOnly() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			end.await();
			exchange.respond(200, "late");
		})) {
			this.contextRunner.run((context) -> {
				RestTemplate hasty = context.getBean(RestTemplateBuilder.class)
					.readTimeout(Duration.ofMillis(200))
					.build();
				RestTemplate patient = context.getBean(RestTemplateBuilder.class).build();
				CompletableFuture<String> answer = CompletableFuture
					.supplyAsync(() -> patient.getForObject(server.url(), String.class));
				assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> hasty.getForObject(server.url(), String.class))
					.withCauseInstanceOf(SocketTimeoutException.class);
				end.countDown();
				assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("late");
			});
		}
	}

	@Test
	void redirectsAreFollowedUnlessTheCallerSaysOtherwise() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(302, "", "Location: /new");
			}
			else {
				exchange.respond(200, "new");
			}
		})) {
			this.contextRunner
				.run((context) -> assertThat(get(client(context), server.url() + "/old")).isEqualTo("new"));
			assertThat(server.requests()).isEqualTo(2);
			this.contextRunner.withPropertyValues("spring.http.clients.redirects=dont-follow").run((context) -> {
				ResponseEntity<Void> response = client(context).get()
					.uri(server.url() + "/old")
					.retrieve()
					.toBodilessEntity();
				assertThat(response.getStatusCode().value()).isEqualTo(302);
				assertThat(response.getHeaders().getLocation()).hasToString("/new");
			});
			assertThat(server.requests()).isEqualTo(3);
		}
	}

	@Test
	void cookiesAreKeptForTheirClientUnlessTheCallerDisablesThem() throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond(200, "fine", "Set-Cookie: session=1; Path=/"))) {
			this.contextRunner.run((context) -> {
				RestClient client = client(context);
				get(client, server.url());
				get(client, server.url());
				get(client(context), server.url());
			});
			assertThat(server.log()).extracting((request) -> request.header("Cookie"))
				.containsExactly(null, "session=1", null);
			this.contextRunner.withPropertyValues("spring.http.clients.cookie-handling=disable").run((context) -> {
				RestClient client = client(context);
				get(client, server.url());
				get(client, server.url());
			});
			assertThat(server.log()).hasSize(5)
				.extracting((request) -> request.header("Cookie"))
				.containsExactly(null, "session=1", null, null, null);
		}
	}

	@Test
	@FaultCase(value = 64, through = Client.REST_CLIENT)
	void addressFilterRefusesLoopbackBeforeAnythingIsConnected() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
				.run((context) -> {
					for (String host : List.of("localhost", "127.0.0.1", "[::1]", "[::ffff:7f00:1]")) {
						assertThatExceptionOfType(ResourceAccessException.class).as(host)
							.isThrownBy(() -> get(client(context), "http://" + host + ":" + server.port()))
							.withCauseInstanceOf(AddressFilteredException.class);
					}
				});
			assertThat(server.accepted()).isZero();
		}
	}

	@Test
	void filteredAddressIsNotTriedAgain() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		this.contextRunner
			.withBean(InetAddressFilter.class, () -> InetAddressFilter.adapt((address) -> asked.incrementAndGet() < 0))
			.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> get(client(context), "http://127.0.0.1:1"))
				.withCauseInstanceOf(AddressFilteredException.class));
		assertThat(asked).hasValue(1);
	}

	@Test
	@FaultCase(value = 64, through = Client.REST_CLIENT)
	void addressFilterRefusesTheTargetOfARedirect() throws Exception {
		try (ScriptedServer target = ScriptedServer.start((exchange) -> exchange.respond(200, "secret"));
				ScriptedServer server = ScriptedServer
					.start((exchange) -> exchange.respond(302, "", "Location: http://127.0.0.2:" + target.port()))) {
			this.contextRunner.withBean(InetAddressFilter.class, () -> InetAddressFilter.not("127.0.0.2"))
				.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> get(client(context), "http://127.0.0.1:" + server.port()))
					.withCauseInstanceOf(AddressFilteredException.class));
			assertThat(server.requests()).isOne();
			assertThat(target.accepted()).isZero();
		}
	}

	@Test
	void idleConnectionOfOneClientIsNotHandedToAnotherWhoseFilterRefusesIt() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				get(client(context), server.url());
				RestClient filtered = client(context,
						HttpClientSettings.defaults().withInetAddressFilter(InetAddressFilter.externalAddresses()));
				assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> get(filtered, server.url()))
					.withCauseInstanceOf(AddressFilteredException.class);
				get(client(context), server.url());
			});
			assertThat(server.accepted()).isOne();
			assertThat(server.requests()).isEqualTo(2);
		}
	}

	@Test
	void fortyPartitionsWorkButOnlyTheLatestThirtyTwoAreShared(CapturedOutput output) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			// For as long as it takes to load what eighty calls need
			this.contextRunner.withPropertyValues("tidepool.keep-alive.upstream-timeout=10m").run((context) -> {
				List<HttpClientSettings> settings = new ArrayList<>();
				for (int i = 0; i < 40; i++) {
					settings.add((i % 2 == 0) ? HttpClientSettings.defaults().withInetAddressFilter(new AcceptAll())
							: HttpClientSettings.ofSslBundle(SslBundle.systemDefault()));
				}
				List<RestClient> clients = settings.stream().map((each) -> client(context, each)).toList();
				for (int round = 0; round < 2; round++) {
					clients.forEach((client) -> assertThat(get(client, server.url())).isEqualTo("fine"));
					assertThat(server.accepted()).isEqualTo(40);
				}
				// The latest 32 are found again, from the latest on so that none falls
				// out
				for (int i = 39; i >= 8; i--) {
					get(client(context, settings.get(i)), server.url());
				}
				assertThat(server.accepted()).isEqualTo(40);
				for (int i = 7; i >= 0; i--) {
					get(client(context, settings.get(i)), server.url());
				}
				assertThat(server.accepted()).isEqualTo(48);
				assertThat(clients).hasSize(40);
			});
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("More than 32 combinations of SSL bundle and address filter");
	}

	@Test
	void clientsWithTheSameBundleAndFilterShareOneConnection() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				HttpClientSettings settings = HttpClientSettings.ofSslBundle(SslBundle.systemDefault())
					.withInetAddressFilter(new AcceptAll());
				for (int i = 0; i < 5; i++) {
					get(client(context, settings.withReadTimeout(Duration.ofSeconds(20 + i))), server.url());
				}
			});
			assertThat(server.requests()).isEqualTo(5);
			assertThat(server.accepted()).isOne();
		}
	}

	private static RestClient client(ApplicationContext context) {
		return context.getBean(RestClient.Builder.class).build();
	}

	private static RestClient client(ApplicationContext context, HttpClientSettings settings) {
		return RestClient.create()
			.mutate()
			.requestFactory(context.getBean(ClientHttpRequestFactoryBuilder.class).build(settings))
			.build();
	}

	private static String get(RestClient client, String url) {
		return client.get().uri(url).retrieve().body(String.class);
	}

	/**
	 * Connect until the kernel answers no more.
	 */
	private static void fillBacklog(ServerSocket deaf, List<Socket> waiting) throws Exception {
		for (int i = 0; i < 100; i++) {
			Socket socket = new Socket();
			waiting.add(socket);
			try {
				socket.connect(new InetSocketAddress(deaf.getInetAddress(), deaf.getLocalPort()), 300);
			}
			catch (InterruptedIOException ex) {
				return;
			}
		}
		throw new IllegalStateException("The backlog has no end");
	}

	/**
	 * Each object is a filter of its own.
	 */
	private static final class AcceptAll implements InetAddressFilter {

		@Override
		public boolean matches(InetAddress address) {
			return true;
		}

	}

	interface HastyService {

		@GetExchange("/")
		String get();

	}

	interface PatientService {

		@GetExchange("/")
		String get();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "hasty", types = HastyService.class)
	@ImportHttpServices(group = "patient", types = PatientService.class)
	static class Groups {

	}

}
