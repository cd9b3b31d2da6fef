package com.example.orders;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.service.registry.ImportHttpServices;

/**
 * An order service that calls its upstreams, an inventory, a payment service and
 * carriers, through each of Spring's HTTP clients. Runs on servlets, or with the profile
 * {@code webflux} on WebFlux.
 */
@SpringBootApplication
@ImportHttpServices(group = "payment", types = PaymentClient.class)
@ImportHttpServices(group = "carriers", types = CarrierClient.class)
public class OrdersApplication {

	public static void main(String[] args) {
		SpringApplication.run(OrdersApplication.class, args);
	}

}
