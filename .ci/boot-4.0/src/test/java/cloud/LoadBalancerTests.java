package cloud;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientBuilderConfigurer;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.client.loadbalancer.LoadBalancedRetryContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancedRetryFactory;
import org.springframework.cloud.client.loadbalancer.LoadBalancedRetryPolicy;
import org.springframework.cloud.client.loadbalancer.ServiceInstanceChooser;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.loadbalancer.blocking.retry.BlockingLoadBalancedRetryFactory;
import org.springframework.cloud.loadbalancer.blocking.retry.BlockingLoadBalancedRetryPolicy;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A load-balanced RestClient.Builder of Spring Cloud over two instances of a service.
 */
@Timeout(120)
class LoadBalancerTests {

	private static final String SERVICE = "http://orders/";

	private static final String TO_THE_OTHER_ONE = "spring.cloud.loadbalancer.retry.max-retries-on-next-service-instance=1";

	private ScriptedServer first;

	private ScriptedServer second;

	private volatile boolean firstLosesCalls;

	@BeforeEach
	void start() throws Exception {
		this.first = ScriptedServer.start((exchange) -> {
			if (this.firstLosesCalls) {
				exchange.close();
			}
			else {
				answer(exchange);
			}
		});
		this.second = ScriptedServer.start(LoadBalancerTests::answer);
	}

	private static void answer(Exchange exchange) throws IOException {
		exchange.respond(200, exchange.request().header("X-Id"));
	}

	@AfterEach
	void stop() throws Exception {
		this.first.close();
		this.second.close();
	}

	@Test
	void instanceThatDiesCostsNoIdempotentCallAndTheOtherOneGetsNoneTwice() {
		try (ConfigurableApplicationContext context = application(Application.class, TO_THE_OTHER_ONE)) {
			RestClient client = client(context);
			List<HttpMethod> methods = List.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.DELETE);
			AtomicInteger number = new AtomicInteger();
			List<CompletableFuture<Void>> callers = new ArrayList<>();
			for (int caller = 0; caller < 4; caller++) {
				callers.add(CompletableFuture.runAsync(() -> {
					for (int i = number.getAndIncrement(); i < 120; i = number.getAndIncrement()) {
						if (i == 40) {
							close(this.first);
						}
						String id = "call-" + i;
						assertThat(call(client, methods.get(i % methods.size()), id)).isEqualTo(id);
					}
				}, (task) -> new Thread(task, "caller").start()));
			}
			assertThat(callers)
				.allSatisfy((caller) -> assertThat(caller.get(60, TimeUnit.SECONDS)).isNull());
		}
		// Three attempts, and one more after an idle connection was lost
		assertThat(this.first.mostRequestsOfOneId()).isBetween(1, 4);
		assertThat(this.second.requests()).isGreaterThanOrEqualTo(70);
		assertThat(this.second.mostRequestsOfOneId()).isOne();
	}

	@Test
	void postThatADeadInstanceDidNotTakeIsNotSentToTheOtherOne() {
		try (ConfigurableApplicationContext context = application(Application.class, TO_THE_OTHER_ONE)) {
			close(this.first);
			assertThat(answeredPosts(client(context))).isEqualTo(2);
		}
		assertThat(this.second.requests()).isEqualTo(2);
	}

	@Test
	void postThatAnInstanceHasLostIsNotSentToTheOtherOne() {
		try (ConfigurableApplicationContext context = application(Application.class, TO_THE_OTHER_ONE)) {
			this.firstLosesCalls = true;
			assertThat(answeredPosts(client(context))).isEqualTo(2);
		}
		assertThat(this.first.requests()).isEqualTo(2);
		assertThat(this.second.requests()).isEqualTo(2);
	}

	// Of four, which the load balancer gives to the instances in turn
	private int answeredPosts(RestClient client) {
		int answered = 0;
		for (int i = 0; i < 4; i++) {
			String id = "post-" + i;
			try {
				assertThat(call(client, HttpMethod.POST, id)).isEqualTo(id);
				answered++;
			}
			catch (ResourceAccessException ex) {
				assertThat(ex).hasMessageContaining("" + port(this.first));
			}
		}
		return answered;
	}

	@Test
	void upstreamIsTheInstanceWhichANamedOneCanHaveAllOf() {
		try (ConfigurableApplicationContext context = application(Application.class,
				"tidepool.upstreams.orders.hosts=localhost", "tidepool.upstreams.orders.pool.max-per-upstream=7",
				"tidepool.upstreams.by-service-name.base-url=http://orders")) {
			for (int i = 0; i < 4; i++) {
				call(client(context), HttpMethod.GET, "call-" + i);
			}
			List<UpstreamStats> called = context.getBean(Upstreams.class)
				.stats()
				.stream()
				.filter((stats) -> !stats.members().isEmpty())
				.toList();
			assertThat(called).singleElement().satisfies((orders) -> {
				assertThat(orders.tag()).isEqualTo("orders");
				assertThat(orders.members()).extracting((instance) -> instance.key().port())
					.containsExactlyInAnyOrder(port(this.first), port(this.second));
				assertThat(orders.members())
					.allSatisfy((instance) -> assertThat(instance.settings().pool().maxPerUpstream()).isEqualTo(7));
			});
		}
		assertThat(this.first.requests()).isEqualTo(2);
		assertThat(this.second.requests()).isEqualTo(2);
		assertThat(this.first.accepted()).isOne();
		assertThat(this.second.accepted()).isOne();
	}

	@Test
	void plainHostIsCalledByWhatIsMadeOfASecondBuilder() {
		try (ConfigurableApplicationContext context = application(PlainToo.class)) {
			RestClient plain = context.getBean(RestClient.class);
			for (int i = 0; i < 2; i++) {
				assertThat(plain.get().uri(this.first.url()).header("X-Id", "plain").retrieve().body(String.class))
					.isEqualTo("plain");
				assertThat(call(client(context), HttpMethod.GET, "balanced")).isEqualTo("balanced");
			}
		}
		assertThat(this.first.requests("plain")).isEqualTo(2);
		assertThat(this.first.requests("balanced")).isOne();
		assertThat(this.second.requests("balanced")).isOne();
	}

	private RestClient client(ConfigurableApplicationContext context) {
		return context.getBean("loadBalanced", RestClient.Builder.class).build();
	}

	private static String call(RestClient client, HttpMethod method, String id) {
		return client.method(method).uri(SERVICE).header("X-Id", id).retrieve().body(String.class);
	}

	private static void close(ScriptedServer server) {
		try {
			server.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static int port(ScriptedServer server) {
		return URI.create(server.url()).getPort();
	}

	private ConfigurableApplicationContext application(Class<?> configuration, String... properties) {
		String instances = "spring.cloud.discovery.client.simple.instances.orders";
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.properties(Stream
				.concat(Stream.of("spring.main.banner-mode=off", instances + "[0].uri=" + this.first.url(),
						instances + "[1].uri=" + this.second.url(), "tidepool.retry.backoff.initial=5ms"),
						Stream.of(properties))
				.toArray(String[]::new))
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private static final Set<HttpMethod> IDEMPOTENT = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS,
				HttpMethod.PUT, HttpMethod.DELETE);

		@Bean
		@LoadBalanced
		RestClient.Builder loadBalanced(RestClientBuilderConfigurer configurer) {
			return configurer.configure(RestClient.builder());
		}

		@Bean
		LoadBalancedRetryFactory retries(ReactiveLoadBalancer.Factory<ServiceInstance> loadBalancers) {
			return new BlockingLoadBalancedRetryFactory(loadBalancers) {

				@Override
				public LoadBalancedRetryPolicy createRetryPolicy(String service, ServiceInstanceChooser chooser) {
					return new BlockingLoadBalancedRetryPolicy(loadBalancers.getProperties(service)) {

						@Override
						public boolean canRetry(LoadBalancedRetryContext context) {
							return IDEMPOTENT.contains(context.getRequest().getMethod());
						}

					};
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class PlainToo {

		@Bean
		@Primary
		@Scope("prototype")
		RestClient.Builder plain(RestClientBuilderConfigurer configurer) {
			return configurer.configure(RestClient.builder());
		}

	}

}
