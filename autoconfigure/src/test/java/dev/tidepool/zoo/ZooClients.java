package dev.tidepool.zoo;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.testsupport.Lanes.Caller;

/**
 * The clients of an application, half of them RestClient, half WebClient.
 *
 * @param context the application
 */
record ZooClients(ApplicationContext context) {

	/**
	 * Callers that share all connections.
	 */
	List<Caller> shared(int number, ZooCalls calls) {
		List<Caller> callers = new ArrayList<>();
		while (callers.size() < number) {
			callers.add(calls.by(this.context.getBean(RestClient.class)));
			callers.add(calls.by(this.context.getBean(WebClient.class)));
		}
		return callers;
	}

	/**
	 * Callers that share no connection with each other. They share what is learned.
	 */
	List<Caller> isolated(int number, ZooCalls calls) {
		List<Caller> callers = new ArrayList<>();
		while (callers.size() < number) {
			callers.add(calls.by(isolatedRestClient()));
			callers.add(calls.by(isolatedWebClient()));
		}
		return callers;
	}

	RestClient isolatedRestClient() {
		return RestClient.builder()
			.requestFactory(this.context.getBean(ClientHttpRequestFactoryBuilder.class).build(ownPartition()))
			.build();
	}

	private WebClient isolatedWebClient() {
		return WebClient.builder()
			.clientConnector(this.context.getBean(ClientHttpConnectorBuilder.class).build(ownPartition()))
			.build();
	}

	// Callers with different filters are in different partitions
	private static HttpClientSettings ownPartition() {
		return HttpClientSettings.defaults().withInetAddressFilter(InetAddressFilter.adapt((address) -> true));
	}

}
