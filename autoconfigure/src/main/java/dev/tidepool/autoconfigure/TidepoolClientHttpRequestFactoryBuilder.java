package dev.tidepool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

import dev.tidepool.classic.ClassicClientFactory;

/**
 * Boot's seam: called for each RestClient.Builder, RestTemplateBuilder and HTTP service
 * group, each time with the settings of that caller.
 */
final class TidepoolClientHttpRequestFactoryBuilder
		implements ClientHttpRequestFactoryBuilder<HttpComponentsClientHttpRequestFactory> {

	private final ClassicClientFactory clients;

	private final Partitions partitions;

	TidepoolClientHttpRequestFactoryBuilder(ClassicClientFactory clients, Partitions partitions) {
		this.clients = clients;
		this.partitions = partitions;
	}

	@Override
	public HttpComponentsClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
		return new PooledRequestFactory(this.clients.create(this.partitions.caller(settings)));
	}

}
