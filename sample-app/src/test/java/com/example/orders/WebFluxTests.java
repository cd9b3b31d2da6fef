package com.example.orders;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.RestClient;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application with the profile {@code webflux}.
 */
class WebFluxTests extends ModeContract {

	private final Queue<Boolean> callsOnEventLoops = new ConcurrentLinkedQueue<>();

	private ConfigurableApplicationContext context;

	@Override
	Running start(String... args) {
		this.context = new SpringApplicationBuilder(OrdersApplication.class).profiles("webflux")
			.initializers((context) -> ((GenericApplicationContext) context).registerBean(RestClientCustomizer.class,
					() -> this::watch))
			.run(args);
		return new InThisJvm(this.context);
	}

	@Test
	void applicationIsOneOnWebFluxAndHasNoProxy() {
		assertThat(this.context).isInstanceOf(ReactiveWebApplicationContext.class);
		assertThat(status("/proxy/inventory/stock/compass")).isEqualTo(HttpStatus.NOT_FOUND);
	}

	@Test
	void blockingCallsAreNotMadeOnEventLoops() {
		assertThat(order("compass").toBodilessEntity().getStatusCode()).isEqualTo(HttpStatus.CREATED);
		assertThat(this.callsOnEventLoops).isNotEmpty().containsOnly(false);
	}

	private void watch(RestClient.Builder builder) {
		builder.requestInterceptor((request, body, execution) -> {
			this.callsOnEventLoops.add(Schedulers.isInNonBlockingThread());
			return execution.execute(request, body);
		});
	}

}
