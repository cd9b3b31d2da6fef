package com.example.orders;

import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application as it starts when told nothing.
 */
class ServletTests extends ModeContract {

	private ConfigurableApplicationContext context;

	@Override
	Running start(String... args) {
		this.context = new SpringApplicationBuilder(OrdersApplication.class).run(args);
		return new InThisJvm(this.context);
	}

	@Test
	void applicationIsOneOnServletsAndHasAProxy() {
		assertThat(this.context).isInstanceOf(WebApplicationContext.class);
		assertThat(status("/proxy/inventory/stock/compass")).isEqualTo(HttpStatus.OK);
	}

}
