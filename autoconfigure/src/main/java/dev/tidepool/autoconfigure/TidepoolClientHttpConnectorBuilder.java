package dev.tidepool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

import dev.tidepool.async.AsyncClientFactory;

/**
 * Boot's seam: called for each WebClient.Builder and HTTP service group, each time with
 * the settings of that caller.
 */
final class TidepoolClientHttpConnectorBuilder implements ClientHttpConnectorBuilder<ClientHttpConnector> {

	private final AsyncClientFactory clients;

	private final Partitions partitions;

	TidepoolClientHttpConnectorBuilder(AsyncClientFactory clients, Partitions partitions) {
		this.clients = clients;
		this.partitions = partitions;
	}

	@Override
	public ClientHttpConnector build(@Nullable HttpClientSettings settings) {
		return new PooledConnector(this.clients.create(this.partitions.caller(settings)));
	}

}
